import { type Environment, OverrideError, type Plan, planStudy, type Study } from '@ablate/experiment/schema';
import { withDataVersion } from '@ablate/experiment/node';
import type { BackendRequest } from '@ablate/tensor-backends/schema';
import type { PlanFlags } from './plan-flags.ts';
import type { Terminal } from './program.ts';
import { readStudies } from './read-studies.ts';

/** The plans of studies' files; null, and everything that is wrong printed, if anything is. */
export async function planStudies(
  files: readonly string[],
  flags: PlanFlags,
  terminal: Terminal,
  environment?: Environment,
): Promise<Plan[] | null> {
  const studies = await readStudies(files, terminal, flags);
  if (studies === null || environment === undefined) return studies && plansOf(studies, flags, terminal);
  const plans: Plan[] = [];
  for (const study of studies) {
    const own = study.spec && (await withDataVersion(environment, study.spec.dataset, false));
    const planned = plansOf([study], flags, terminal, own ?? environment);
    if (planned === null) return null;
    plans.push(...planned);
  }
  return plans;
}

/** The plans of studies with what the flags change; prints what can't be used of the flags and gives null. */
export function plansOf(
  studies: readonly Study[],
  { seed: seeds, limit, epochs, backend, workers, variant: variants, only, shard }: PlanFlags,
  terminal: Terminal,
  environment?: Environment,
): Plan[] | null {
  // planStudy checks every override, also whether there is such a backend.
  const requested = backend as BackendRequest | undefined;
  const overrides = { seeds, limit, epochs, backend: requested, workers, variants, only, shard };
  try {
    return studies.map((study) => planStudy(study, overrides, environment));
  } catch (error) {
    if (!(error instanceof OverrideError)) throw error;
    terminal.err(`${error.message}\n`);
    return null;
  }
}
