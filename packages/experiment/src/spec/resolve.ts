import { checkMentions } from './check-mentions.ts';
import { type ExpandedVariant, expandVariants } from './expand-variants.ts';
import { isBaseFile } from './file-path.ts';
import type { OriginMap } from './origin.ts';
import { type SpecProblem, sortProblems } from './problem.ts';
import { readFiles, type SpecSource } from './read-files.ts';
import { SET_FILE, setValues } from './set-values.ts';
import { Budget, SpecTooLarge, Substitution } from './substitute.ts';
import { type MapNode, type SpecNode, toPlain } from './tree.ts';
import { Variables } from './variables.ts';

/** One variant of a study, after expansion. */
export interface ResolvedVariant extends Pick<ExpandedVariant, 'name' | 'written' | 'expanded'> {
  /** What the variant says, laid over the study's `architecture` and, where it overrides it, `training`. */
  value: unknown;
  /** Origins of `value`; its root is the variant's own entry. */
  origins: OriginMap;
}

/** A study without variables. */
export interface ResolvedSpec {
  /**
   * The whole study: `variables` as they are written, under `variants` each expanded variant as it is written (not
   * laid over the study), the rest with its variables filled in. Undefined where a file could not be read.
   */
  value: unknown;
  origins: OriginMap;
  /** Sorted, without duplicates. */
  problems: SpecProblem[];
  variants: ResolvedVariant[];
  /** Texts by file name: the study, the files that it extends, and the settings of the command line as `--set`. */
  sources: Map<string, string>;
  /** The file is a base: it may leave out what the studies that extend it say. */
  partial: boolean;
}

/**
 * Reads a study with the files that it extends and fills in its variables. Never throws for what a spec says: problems are collected, and values that
 * could not be resolved are marked in the origins.
 *
 * @param builtins Values of `$classes` and `$inputShape` for the resolved `dataset` (undefined where there is none);
 *   null where it is no valid data set, which the caller reports.
 */
export function resolveSpec(
  source: SpecSource,
  builtins: (dataset: unknown) => Record<string, unknown> | null,
): ResolvedSpec {
  const { document, root: files, problems, sources } = readFiles(source);
  const partial = isBaseFile(source.file);
  const sets = source.sets ?? [];
  if (sets.length > 0) sources.set(SET_FILE, sets.join('\n'));
  const unresolved = (): ResolvedSpec => ({
    value: undefined,
    origins: document.origins,
    problems: sortProblems(problems),
    variants: [],
    sources,
    partial,
  });
  if (files === null) return unresolved();
  const root = setValues(files, sets, problems);
  try {
    const context = { file: source.file, partial };
    const { node, variants } = resolveStudy(root, context, builtins, problems);
    return { ...toPlain(node), problems: sortProblems(problems), variants, sources, partial };
  } catch (error) {
    if (!(error instanceof SpecTooLarge)) throw error;
    const origin = root.entries.get('variables')?.key.origin ?? root.origin;
    problems.push({ message: 'with its variables filled in, the study is too large.', origin });
    return unresolved();
  }
}

function resolveStudy(
  root: MapNode,
  { file, partial }: { file: string; partial: boolean },
  builtins: (dataset: unknown) => Record<string, unknown> | null,
  problems: SpecProblem[],
): { node: MapNode; variants: ResolvedVariant[] } {
  const variables = new Variables(root.entries.get('variables')?.value, problems);
  checkMentions(root, variables, { file, partial }, problems);

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
  const expanded = expandVariants(study, values, partial);

  const authored = root.entries.get('variants');
  if (authored?.value.kind === 'map') {
    const entries = expanded.map(({ name, key, own }) => [name, { key, value: own }] as const);
    shared.set('variants', { ...authored, value: { ...authored.value, entries: new Map(entries) } });
  }
  return { node: study, variants: expanded.map(({ merged, ...variant }) => ({ ...variant, ...toPlain(merged) })) };
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
