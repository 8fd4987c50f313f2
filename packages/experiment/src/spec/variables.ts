import { didYouMean } from './did-you-mean.ts';
import type { Origin } from './origin.ts';
import { formatPlace, type SpecProblem } from './problem.ts';
import { parseTemplate, VARIABLE_NAME } from './template.ts';
import type { SpecNode } from './tree.ts';

/** Variables that every study has, because its data set gives them. */
export const BUILTIN_VARIABLES: readonly string[] = ['classes', 'inputShape'];

/** One entry of `variables`. */
export interface Variable {
  name: string;
  key: Origin;
  /** Its value, if it has one only; a list of one item stands for that item. */
  value: SpecNode;
  /** Its values, if it is a grid: a list of two or more. */
  points: readonly SpecNode[] | null;
  /** Names that its value mentions. */
  uses: ReadonlySet<string>;
  /** It can't be used, and why is reported: it uses itself, or is an empty list. */
  broken: boolean;
}

/** A mention of a variable. */
export interface Mention {
  name: string;
  origin: Origin;
}

/** Text that may mention variables: a scalar or a key. */
export interface TextPlace {
  origin: Origin;
  inset?: number;
}

/** The `variables` of a study, checked: names, empty lists, circles. */
export class Variables {
  readonly all: ReadonlyMap<string, Variable>;

  /** @param node The value of `variables`; undefined where there is none. */
  constructor(node: SpecNode | undefined, problems: SpecProblem[]) {
    const all = new Map<string, Variable>();
    this.all = all;
    if (node === undefined || (node.kind === 'scalar' && node.value === null)) return;
    if (node.kind !== 'map') {
      problems.push({ message: 'variables: must be a map from names to values.', origin: node.origin });
      return;
    }
    for (const [name, { key, value }] of node.entries) {
      if (!VARIABLE_NAME.test(name)) {
        const message = `variable "${name}": a name has letters, digits and "_", and starts with no digit.`;
        problems.push({ message, origin: key.origin });
        continue;
      }
      if (BUILTIN_VARIABLES.includes(name)) {
        const message = `variable "${name}": the name is taken, $${name} comes from the data set. Choose another.`;
        problems.push({ message, origin: key.origin });
        continue;
      }
      all.set(name, readVariable(name, key.origin, value, problems));
    }
    this.#findCircles(problems);
  }

  /** Every name that is reached from these, themselves included. */
  reach(names: Iterable<string>): Set<string> {
    const reached = new Set(names);
    for (const name of reached) for (const used of this.all.get(name)?.uses ?? []) reached.add(used);
    return reached;
  }

  /** The grids among everything that these names reach, in the order of the file. */
  grids(names: Iterable<string>): Variable[] {
    const reached = this.reach(names);
    return [...this.all.values()].filter(({ name, points }) => points !== null && reached.has(name));
  }

  describeUnknown(name: string): string {
    return `unknown variable "${name}"${didYouMean(name, [...this.all.keys(), ...BUILTIN_VARIABLES], 'variables')}`;
  }

  #findCircles(problems: SpecProblem[]): void {
    const finished = new Set<string>();
    const visit = (name: string, trail: readonly string[]): void => {
      const variable = this.all.get(name);
      if (variable === undefined || finished.has(name)) return;
      const start = trail.indexOf(name);
      if (start >= 0) {
        const circle = trail.slice(start);
        for (const member of circle) (this.all.get(member) as Variable).broken = true;
        const message =
          circle.length === 1
            ? `variable "${name}" uses itself.`
            : `variables use each other in a circle: ${[...circle, name].join(' → ')}.`;
        problems.push({ message, origin: variable.key });
        return;
      }
      for (const used of variable.uses) visit(used, [...trail, name]);
      finished.add(name);
    };
    for (const name of this.all.keys()) visit(name, []);
  }
}

function readVariable(name: string, key: Origin, node: SpecNode, problems: SpecProblem[]): Variable {
  const uses = new Set(mentionsIn(node, false).map((mention) => mention.name));
  if (node.kind !== 'list') return { name, key, value: node, points: null, uses, broken: false };
  const [only] = node.items;
  if (only === undefined) {
    const message = `variable "${name}": a list must have at least one value. An empty list as a value is written [[]].`;
    problems.push({ message, origin: node.origin });
    return { name, key, value: node, points: null, uses, broken: true };
  }
  if (node.items.length === 1) return { name, key, value: only, points: null, uses, broken: false };
  return { name, key, value: node, points: node.items, uses, broken: false };
}

/** Every mention in a value, in the order of the text. @param keys Whether keys count too. */
export function mentionsIn(node: SpecNode, keys: boolean): Mention[] {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string' ? mentionsInText(node.value, node) : [];
    case 'list':
      return node.items.flatMap((item) => mentionsIn(item, keys));
    case 'map':
      return [...node.entries].flatMap(([name, { key, value }]) => [
        ...(keys ? mentionsInText(name, key) : []),
        ...mentionsIn(value, keys),
      ]);
  }
}

/** Every mention in one text. */
export function mentionsInText(text: string, place: TextPlace): Mention[] {
  return parseTemplate(text).pieces.flatMap((piece) =>
    piece.kind === 'variable' ? [{ name: piece.name, origin: within(place, piece.start, piece.end) }] : [],
  );
}

/** The stretch of a text between two offsets, where the source shows the text as it is; else the whole text. */
export function within({ origin, inset }: TextPlace, start: number, end: number): Origin {
  if (inset === undefined || origin.line !== origin.endLine) return origin;
  const column = origin.column + inset;
  return { ...origin, column: column + start, endColumn: column + end };
}

/** `"k" (3 values, file:4:3)` */
export function describeGrid({ name, points, key }: Variable): string {
  return `"${name}" (${points?.length ?? 1} values, ${formatPlace(key)})`;
}
