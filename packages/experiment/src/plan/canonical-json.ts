/**
 * JSON with the keys of every map in order and no spaces, so that equal values give equal texts. Keys whose value is
 * undefined are left out, as in JSON.
 *
 * @throws TypeError for what JSON would change without saying so: numbers that are not finite, functions, symbols.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`);
    return `{${entries.join(',')}}`;
  }
  const plain = value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
  if (!plain)
    throw new TypeError(
      `canonicalJson: values must be plain JSON; received ${typeof value === 'number' ? value : typeof value}.`,
    );
  return JSON.stringify(value);
}
