import { canonicalJson } from './canonical-json.ts';

/** One place where two values of plain JSON differ. */
export interface Difference {
  /** Keys and indices from the root, as in `training.optimizer.learningRate`. */
  path: string;
  /** Undefined where only `after` has it. */
  before?: unknown;
  /** Undefined where only `before` has it. */
  after?: unknown;
}

/**
 * Where two values differ, as deep down as can be said. The order of keys does not count; that of list items does. Lists
 * of plain values, or of different lengths, are one value.
 */
export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && before.some(isNested)) {
    return before.flatMap((item: unknown, index) => differences(item, after[index], `${path}[${index}]`));
  }
  return same(before, after) ? [] : [{ path, before, after }];
}

/** One line: `training.epochs: 10 → 12`. */
export function formatDifference({ path, before, after }: Difference): string {
  if (before === undefined) return `${path}: added, ${show(after)}`;
  if (after === undefined) return `${path}: removed, was ${show(before)}`;
  return `${path}: ${show(before)} → ${show(after)}`;
}

function same(before: unknown, after: unknown): boolean {
  if (before === undefined || after === undefined) return before === after;
  return canonicalJson(before) === canonicalJson(after);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (!isMap(value)) return typeof value === 'string' && /^[\w./-]+$/.test(value) ? value : JSON.stringify(value);
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return entries.length === 0 ? '{}' : `{ ${entries.map(([key, part]) => `${key}: ${show(part)}`).join(', ')} }`;
}
