import type { Environment } from './environment.ts';
import type { RunConfig } from './run-config.ts';
import { workersFor } from './workers-for.ts';

/** Backends that a training can use several of at once; the others have one worker. */
const SHARED_BACKENDS: readonly string[] = ['wasm', 'cpu'];

/** A config with `auto` replaced by what it stands for; where that is not known, it stays. */
export function resolveConfig(
  config: RunConfig,
  { auto, workers: cores }: Partial<Pick<Environment, 'auto' | 'workers'>> = {},
): RunConfig {
  const backend = config.backend === 'auto' ? (auto ?? 'auto') : config.backend;
  const shared = backend === 'auto' || SHARED_BACKENDS.includes(backend);
  return { ...config, backend, workers: resolveWorkers(config, shared ? cores : 1) };
}

function resolveWorkers(config: RunConfig, cores: number | undefined): RunConfig['workers'] {
  if (config.workers !== 'auto' || cores === undefined) return config.workers;
  return workersFor(config, cores);
}
