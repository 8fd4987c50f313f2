import { didYouMean } from '../spec/did-you-mean.ts';
import { OverrideError, type Overrides } from './overrides.ts';

/**
 * The runs that `variants` and `only` name, in the order of the plan.
 *
 *
 * @throws OverrideError with everything named that is not there, or if nothing is left.
 */
export function selectRuns<Run extends { id: string; variant: string }>(
  runs: readonly Run[],
  { variants, only }: Pick<Overrides, 'variants' | 'only'>,
): Run[] {
  const names = new Set(runs.map((run) => run.variant));
  const ids = new Set(runs.map((run) => run.id));
  const sentences = [
    ...(variants ?? []).filter((name) => !names.has(name)).map((name) => unknownVariant('--variant', name, names)),
    ...(only ?? []).filter((name) => !names.has(name) && !ids.has(name)).map((name) => unknownRun(name, names, ids)),
  ];
  if (sentences.length > 0) throw new OverrideError(sentences);
  const selected = runs.filter(
    ({ id, variant }) =>
      (variants === undefined || variants.includes(variant)) &&
      (only === undefined || only.includes(variant) || only.includes(id)),
  );
  if (selected.length === 0) {
    throw new OverrideError(['--variant and --only: together they must leave at least one run; they leave none.']);
  }
  return selected;
}

function unknownVariant(flag: string, name: string, names: Iterable<string>): string {
  return `${flag}: unknown variant "${name}"${didYouMean(name, names, 'variants')}`;
}

function unknownRun(name: string, names: Iterable<string>, ids: Iterable<string>): string {
  if (!name.includes('/')) return unknownVariant('--only', name, names);
  return `--only: unknown run "${name}"${didYouMean(name, ids, 'runs')}`;
}
