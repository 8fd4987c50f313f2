import { distance } from 'fastest-levenshtein';

/** The candidate that `name` was probably meant to be: within a third of its length in edits, ignoring case. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < least && edits < candidate.length) [best, least] = [candidate, edits];
  }
  return best;
}

/**
 * How a sentence about an unknown name ends: the likely name, else the names there are, else a full stop.
 * @param known What the names are called in the list, for example `known keys`.
 */
export function didYouMean(name: string, candidates: Iterable<string>, known: string): string {
  const names = [...candidates];
  const guess = closest(name, names);
  if (guess !== undefined) return ` — did you mean "${guess}"?`;
  return names.length === 0 ? '.' : `. The ${known} are: ${names.join(', ')}.`;
}
