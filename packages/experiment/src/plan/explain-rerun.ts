import type { BackendName } from '@ablate/tensor-backends/schema';
import { type Difference, differences } from './differences.ts';
import type { Environment, KnownEnvironment, Versions } from './environment.ts';
import { fingerprint } from './fingerprint.ts';
import type { RunConfig } from './run-config.ts';
import { trainingView } from './training-view.ts';

/** What is known of how a finished run came about. */
export interface RecordedRun {
  config: RunConfig;
  /** What `config.backend` came to. */
  backend: BackendName;
  versions: Versions;
}

/** Why a planned run can't take the place of a recorded one: what decides weights and differs. Empty: it can. */
export function explainRerun(
  { config, backend, versions }: RecordedRun,
  planned: RunConfig,
  environment: Environment,
): Difference[] {
  // Where the data is not at hand, it can't be said to have changed.
  const data = environment.versions.data === undefined ? {} : { data: versions.data };
  const { code, tfjs } = versions;
  const then: KnownEnvironment = { versions: { code, tfjs, ...data }, auto: backend };
  if (fingerprint(config, then) === fingerprint(planned, environment)) return [];
  const found = differences(trainingView(config, then), trainingView(planned, environment));
  if (found.length > 0) return found;
  const order = ({ graph }: RunConfig) => graph.nodes.map(({ id }) => id);
  return [{ path: 'network: order of layers', before: order(config), after: order(planned) }];
}
