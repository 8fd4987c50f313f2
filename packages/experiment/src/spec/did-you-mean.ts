import { distance } from 'fastest-levenshtein';

/**
 * The candidate that `name` was probably meant to be: within a third of its length in edits (two letters swapped are one
 * edit), else the shortest that goes on where `name` stops, else the one whose initials it is; case doesn't count.
 */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  const meant = name.toLowerCase();
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  let longer: string | undefined;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const edits = isSwap(meant, other) ? 1 : distance(meant, other);
    if (edits < least && edits < candidate.length) [best, least] = [candidate, edits];
    const goesOn = meant.length >= 3 && other.startsWith(meant);
    if (goesOn && (longer === undefined || candidate.length < longer.length)) longer = candidate;
  }
  return best ?? longer ?? [...candidates].find((candidate) => meant.length >= 2 && initials(candidate) === meant);
}

/** `lr` of `learningRate`. */
function initials(name: string): string {
  return (name.match(/^[a-z]|[A-Z]|(?<=[-_])[a-z]/g) ?? []).join('').toLowerCase();
}

/** Whether one of the keys is no known one and was probably meant to be `name`. */
export function isMisspelt(name: string, keys: Iterable<string>, known: readonly string[]): boolean {
  return [...keys].some((key) => !known.includes(key) && closest(key, known) === name);
}

/** Whether two neighbouring letters are all that differs. */
function isSwap(a: string, b: string): boolean {
  const at = [...a].findIndex((letter, index) => letter !== b[index]);
  return at >= 0 && a !== b && a.slice(0, at) + (a[at + 1] ?? '') + (a[at] ?? '') + a.slice(at + 2) === b;
}

/** More names than one would read in an error: a command lists them. */
const LISTED = new Map([
  ['known layers', 'ablate list layers'],
  ['known architectures', 'ablate list architectures'],
]);

/**
 * How a sentence about an unknown name ends: the likely name, else the names there are, else a full stop.
 * @param known What the names are called in the list, for example `known keys`.
 */
export function didYouMean(name: string, candidates: Iterable<string>, known: string): string {
  const names = [...candidates];
  const guess = closest(name, names);
  if (guess !== undefined) return ` — did you mean "${guess}"?`;
  const command = LISTED.get(known);
  if (names.length > 16 && command !== undefined) return `. List them: ${command}`;
  return names.length === 0 ? '.' : `. The ${known} are: ${names.join(', ')}.`;
}
