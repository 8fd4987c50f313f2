import { checkMentions } from './check-mentions.ts';
import { readDocument } from './document.ts';
import { expandVariants } from './expand-variants.ts';
import type { OriginMap } from './origin.ts';
import { type SpecProblem, sortProblems } from './problem.ts';
import { Budget, SpecTooLarge, Substitution } from './substitute.ts';
import { type MapNode, type SpecNode, toPlain } from './tree.ts';
import { Variables } from './variables.ts';

/** The text of a spec and what it is called in errors. */
export interface SpecSource {
  file: string;
  text: string;
}

/** One variant of a study, after expansion. */
export interface ResolvedVariant {
  name: string;
  /** What the variant says, laid over the study's `architecture` and, where it overrides it, `training`. */
  value: unknown;
  /** Origins of `value`; its root is the variant's own entry. */
  origins: OriginMap;
}

/** A study without variables. */
export interface ResolvedSpec {
  /**
   * The whole study: `variables` as they are written, under `variants` each expanded variant as it is written (not
   * laid over the study), the rest with its variables filled in. Undefined where the text could not be parsed.
   */
  value: unknown;
  origins: OriginMap;
  /** Sorted, without duplicates. */
  problems: SpecProblem[];
  variants: ResolvedVariant[];
}

/**
 * Reads a study and fills in its variables. Never throws for what a spec says: problems are collected, and values that
 * could not be resolved are marked in the origins.
 *
 * @param builtins Values of `$classes` and `$inputShape` for the resolved `dataset` (undefined where there is none);
 *   null where it is no valid data set, which the caller reports.
 */
export function resolveSpec(
  source: SpecSource,
  builtins: (dataset: unknown) => Record<string, unknown> | null,
): ResolvedSpec {
  const document = readDocument(source.file, source.text);
  const { root } = document;
  const problems = [...document.problems];
  const unresolved = (): ResolvedSpec => ({
    value: document.value,
    origins: document.origins,
    problems: sortProblems(problems),
    variants: [],
  });
  if (root === null) return unresolved();
  if (root.kind !== 'map') {
    problems.push({ message: 'a study must be a map of keys such as `dataset` and `variants`.', origin: root.origin });
    return unresolved();
  }
  try {
    const { node, variants } = resolveStudy(root, builtins, problems);
    return { ...toPlain(node), problems: sortProblems(problems), variants };
  } catch (error) {
    if (!(error instanceof SpecTooLarge)) throw error;
    const origin = root.entries.get('variables')?.key.origin ?? root.origin;
    problems.push({ message: 'with its variables filled in, the study is too large.', origin });
    return unresolved();
  }
}

function resolveStudy(
  root: MapNode,
  builtins: (dataset: unknown) => Record<string, unknown> | null,
  problems: SpecProblem[],
): { node: MapNode; variants: ResolvedVariant[] } {
  const variables = new Variables(root.entries.get('variables')?.value, problems);
  checkMentions(root, variables, problems);

  const budget = new Budget();
  const common = { variables, point: new Map<string, number>(), budget, problems };
  const dataset = root.entries.get('dataset')?.value;
  const given = builtinsOf(dataset && new Substitution({ ...common, builtins: null }).value(dataset, false), builtins);
  const values = { ...common, builtins: given };

  const substitution = new Substitution(values);
  const shared: MapNode['entries'] = new Map();
  for (const [name, { key, value }] of root.entries) {
    const kept = name === 'variables' || name === 'variants';
    shared.set(name, { key, value: kept ? value : substitution.value(value, false) });
  }
  const study: MapNode = { ...root, entries: shared };
  const expanded = expandVariants(study, values);

  const authored = root.entries.get('variants');
  if (authored?.value.kind === 'map') {
    const entries = expanded.map(({ name, key, own }) => [name, { key, value: own }] as const);
    shared.set('variants', { ...authored, value: { ...authored.value, entries: new Map(entries) } });
  }
  return { node: study, variants: expanded.map(({ name, merged }) => ({ name, ...toPlain(merged) })) };
}

function builtinsOf(
  dataset: SpecNode | undefined,
  builtins: (dataset: unknown) => Record<string, unknown> | null,
): Record<string, unknown> | null {
  if (dataset === undefined) return builtins(undefined);
  const { value, origins } = toPlain(dataset);
  const complete = [...origins.entries()].every(([, entry]) => entry.unresolved !== true);
  return complete ? builtins(value) : null;
}
