import type { Origin } from './origin.ts';

/** One thing wrong with a spec, in a plain sentence, and where it is written. */
export interface SpecProblem {
  message: string;
  origin: Origin;
  /** The sentence without what differs between the variants of one text, such as the layer that a variable names. */
  gist?: string;
  /** The variants that have it, where its place does not tell. */
  variants?: readonly string[];
  /** Aliases beside `origin.via` that bring it in. */
  otherUses?: number;
  /** Something is not there that a study needs; a base file may leave it to the studies that extend it. */
  missing?: true;
}

/** A spec that can't be used. `problems` holds everything that is wrong with it, sorted and without duplicates. */
export class SpecError extends Error {
  readonly problems: readonly SpecProblem[];

  /** @param sources Texts by file name, for the code frames in the message. */
  constructor(problems: readonly SpecProblem[], sources: ReadonlyMap<string, string> = new Map()) {
    super(formatProblems(problems, sources));
    this.name = 'SpecError';
    this.problems = sortProblems(problems);
  }
}

/**
 * In the order of the files' first mention, then by position; equal problems once, with all their variants. What is wrong
 * where it is written is not wrong once more at each alias of it.
 */
export function sortProblems(problems: readonly SpecProblem[]): SpecProblem[] {
  const files = [...new Set(problems.map((problem) => problem.origin.file))];
  const unique = new Map<string, [SpecProblem, ...SpecProblem[]]>();
  for (const problem of problems) {
    const place = `${formatPlace(problem.origin)}  ${problem.gist ?? problem.message}`;
    const same = unique.get(place);
    if (same === undefined) unique.set(place, [problem]);
    else same.push(problem);
  }
  return [...unique.values()]
    .map(joined)
    .sort(
      (a, b) =>
        files.indexOf(a.origin.file) - files.indexOf(b.origin.file) ||
        a.origin.line - b.origin.line ||
        a.origin.column - b.origin.column,
    );
}

/** One for all problems of the same place and gist. */
function joined(same: readonly [SpecProblem, ...SpecProblem[]]): SpecProblem {
  const written = same.filter(({ origin }) => origin.via === undefined);
  const kept = written.length > 0 ? written : same;
  const { variants: _, otherUses: __, ...first } = written[0] ?? same[0];
  const { message, gist = message } = first;
  const problem = { ...first, message: same.every((one) => one.message === message) ? message : gist };
  const uses = new Set(kept.flatMap(({ origin }) => (origin.via === undefined ? [] : formatPlace(origin.via))));
  const counted = Math.max(0, ...kept.map(({ otherUses = 0 }) => otherUses));
  const otherUses = Math.max(uses.size - 1, counted);
  const variants = [...new Set(kept.flatMap(({ variants: some = [] }) => some))];
  return { ...problem, ...(variants.length > 0 && { variants }), ...(otherUses > 0 && { otherUses }) };
}

/**
 * The text of problems, each with its source line and an underline:
 * ```text
 * experiments/kernel-size.yaml:21:11  unknown layer "Con2d" — did you mean "conv2d"?
 *    21 |         - Con2d: { filters: 32, kernelSize: 3 }
 *       |           ^^^^^
 * ```
 * Sorted by position, equal problems once. A file that `sources` does not hold gets no frame.
 */
export function formatProblems(problems: readonly SpecProblem[], sources: ReadonlyMap<string, string>): string {
  const lines = new Map([...sources].map(([file, text]) => [file, text.replace(/^\uFEFF/, '').split(/\r?\n/)]));
  return sortProblems(problems)
    .flatMap((problem) => [headline(problem), ...frame(problem.origin, lines.get(problem.origin.file))])
    .join('\n');
}

/** `file:line:column`, as editors and terminals link it. */
export function formatPlace({ file, line, column }: Origin): string {
  return `${file}:${line}:${column}`;
}

function headline(problem: SpecProblem): string {
  return `${placedMessage(problem)}${inVariants(problem.variants ?? [])}`;
}

function placedMessage({ message, origin, otherUses = 0 }: SpecProblem): string {
  const more = otherUses === 0 ? '' : ` and ${otherUses} more ${otherUses === 1 ? 'place' : 'places'}`;
  const used = origin.via === undefined ? '' : ` (used at ${formatPlace(origin.via)}${more})`;
  return `${formatPlace(origin)}  ${message}${used}`;
}

/** Variants that are named; of more, the rest is counted. */
const NAMED_VARIANTS = 4;

function inVariants(names: readonly string[]): string {
  const named = names.slice(0, names.length > NAMED_VARIANTS ? NAMED_VARIANTS - 1 : NAMED_VARIANTS);
  const parts = named.map((name) => `"${name}"`);
  if (names.length > named.length) parts.push(`${names.length - named.length} more`);
  const last = parts.pop();
  if (last === undefined) return '';
  return parts.length === 0 ? ` (in variant ${last})` : ` (in variants ${parts.join(', ')} and ${last})`;
}

/** Longest stretch of a source line that is shown. */
const FRAME_WIDTH = 160;

function frame(origin: Origin, lines: readonly string[] | undefined): string[] {
  const line = lines?.[origin.line - 1];
  if (line === undefined) return [];
  const end = origin.endLine > origin.line ? line.trimEnd().length + 1 : origin.endColumn;
  const from = Math.min(Math.max(0, origin.column - 1 - FRAME_WIDTH / 2), Math.max(0, line.length - FRAME_WIDTH));
  const shown = line.slice(from, from + FRAME_WIDTH);
  const indent = shown.slice(0, origin.column - 1 - from).replaceAll(/[^\t]/g, ' ');
  const length = Math.max(1, Math.min(end - origin.column, shown.length - indent.length));
  return [`${String(origin.line).padStart(5)} | ${shown}`, `${' '.repeat(5)} | ${indent}${'^'.repeat(length)}`];
}
