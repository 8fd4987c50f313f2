import { STUDY_KEYS } from './check-mentions.ts';
import { isMisspelt } from './did-you-mean.ts';
import { mergeNodes } from './merge.ts';
import type { Origin } from './origin.ts';
import { formatPlace, type SpecProblem } from './problem.ts';
import { Substitution, type Values } from './substitute.ts';
import type { KeyNode, MapEntry, MapNode, SpecNode } from './tree.ts';
import { describeGrid, mentionsIn, mentionsInText, type Variable } from './variables.ts';

/** What a variant may be called: a folder name everywhere, and no number (JavaScript would reorder such keys). */
export const VARIANT_NAME = /^[A-Za-z][A-Za-z0-9._-]*$/;

/** Variants that a study may have; each is trained. */
const MAX_VARIANTS = 10_000;

/** One variant of a study. */
export interface ExpandedVariant {
  name: string;
  key: KeyNode;
  /** Where its entry is written, from its name to its end. */
  written: { key: Origin; value: Origin };
  /** It is one of several that its entry stands for. */
  expanded: boolean;
  /** What it says itself, with its variables filled in. */
  own: SpecNode;
  /** The same laid over the study. */
  merged: SpecNode;
}

/**
 * Writes out `variants`: each entry once for every combination of the list variables that it mentions, the first
 * variable of the file changing slowest.
 *
 * @param study With its shared part resolved.
 * @param partial Whether there may be none.
 */
export function expandVariants(study: MapNode, values: Values, partial: boolean): ExpandedVariant[] {
  const { problems } = values;
  const authored = study.entries.get('variants');
  if (authored === undefined) {
    if (partial || study.incomplete === true || isMisspelt('variants', study.entries.keys(), STUDY_KEYS)) return [];
    problems.push({
      message: '"variants" is missing: a study needs at least one.',
      origin: study.origin,
      missing: true,
    });
    return [];
  }
  const { value: node, key } = authored;
  if (node.kind === 'map' && node.entries.size === 0 && node.incomplete === true) return [];
  if (node.kind !== 'map' || node.entries.size === 0) {
    problems.push({
      message: 'variants: must be a map from names to variants, with at least one.',
      origin: key.origin,
    });
    return [];
  }
  const variants: ExpandedVariant[] = [];
  const places = new Map<string, string>();
  for (const [template, entry] of node.entries) {
    const points = pointsOf(template, entry, values, MAX_VARIANTS - variants.length);
    const expanded = points.length > 1;
    const written = { key: entry.key.origin, value: entry.value.origin };
    for (const point of points) {
      const substitution = new Substitution({ ...values, point });
      const name = substitution.text(template, entry.key);
      const own = substitution.value(entry.value, true);
      if (name !== null) checkName(name, entry.key, places, problems);
      const merged = layOver(study, own, entry.key);
      variants.push({ name: name ?? template, key: entry.key, written, expanded, own, merged });
    }
  }
  return variants;
}

/** The combinations of list items that an entry stands for. */
function pointsOf(template: string, { key, value }: MapEntry, values: Values, room: number): Map<string, number>[] {
  const { variables, problems } = values;
  const named = mentionsInText(template, key).map((mention) => mention.name);
  const mentioned = [...named, ...mentionsIn(value, true).map((mention) => mention.name)];
  const inName = new Set(variables.grids(named));
  const grids = variables.grids(mentioned);

  for (const grid of grids.filter((other) => !inName.has(other))) {
    const message = `variant "${template}" uses the list variable ${describeGrid(grid)}, so its name must mention it, as in "${template}-\${${grid.name}}".`;
    problems.push({ message, origin: key.origin });
  }
  const spanned = grids.filter((grid) => inName.has(grid));
  const count = spanned.reduce((product, grid) => product * sizeOf(grid), 1);
  if (count > room) {
    const message = `variant "${template}" stands for ${count.toLocaleString('en')} variants; a study must have at most ${MAX_VARIANTS.toLocaleString('en')}.`;
    problems.push({ message, origin: key.origin });
    return [];
  }
  // A grid that the name leaves out is reported; its first item stands for it, so that nothing else is said of it.
  let points = [new Map(grids.map((grid) => [grid.name, 0]))];
  for (const grid of spanned) {
    points = points.flatMap((point) =>
      Array.from({ length: sizeOf(grid) }, (_, index) => new Map(point).set(grid.name, index)),
    );
  }
  return points;
}

function sizeOf(grid: Variable): number {
  return grid.points?.length ?? 1;
}

function checkName(name: string, key: KeyNode, places: Map<string, string>, problems: SpecProblem[]): void {
  if (!VARIANT_NAME.test(name)) {
    const message = `variant "${name}": a name must start with a letter and go on with letters, digits, ".", "_" and "-". Free text goes in the variant's title.`;
    problems.push({ message, origin: key.origin });
  }
  const other = places.get(name.toLowerCase());
  if (other === undefined) places.set(name.toLowerCase(), `"${name}" at ${formatPlace(key.origin)}`);
  else {
    const message = `variant "${name}": names must differ by more than case; there already is ${other}.`;
    problems.push({ message, origin: key.origin });
  }
}

/** A variant inherits the study's `architecture`, and its `training` and `match` where it overrides part of them. */
function layOver(study: MapNode, own: SpecNode, key: KeyNode): SpecNode {
  const empty = own.kind === 'scalar' && own.value === null;
  if (own.kind !== 'map' && !empty) return own;
  const variant: MapNode = own.kind === 'map' ? own : { kind: 'map', entries: new Map(), origin: key.origin };
  const base: MapNode = { kind: 'map', entries: new Map(), origin: study.origin };
  const architecture = study.entries.get('architecture');
  if (architecture !== undefined) base.entries.set('architecture', architecture);
  for (const part of ['training', 'match']) {
    const shared = study.entries.get(part);
    if (shared !== undefined && variant.entries.has(part)) base.entries.set(part, shared);
  }
  return mergeNodes(base, variant);
}
