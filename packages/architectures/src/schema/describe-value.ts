/** A map of what was written. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was written, in a word or a short line. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (isMap(value)) return Object.keys(value).length === 0 ? 'an empty map' : 'a map';
  if (Array.isArray(value)) return 'a list';
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
