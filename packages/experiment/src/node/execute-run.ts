import os from 'node:os';
import { transferDataset } from '@ablate/datasets';
import { loadDataset } from '@ablate/datasets/node';
import { launchReplicas } from '@ablate/training/node';
import { resolveConfig } from '../schema/index.ts';
import { prepareRunFolder } from './prepare-run-folder.ts';
import type { ReplicaData, RunOutput } from './replica-program.ts';
import type { FromRun, RunRequest } from './run-messages.ts';

/**
 * One run from its config to its files: reads the data, and has as many replicas as the config says train on it, each in
 * a thread of its own (`replica-program.ts`). This thread loads no tensors and is never busy; `launchRun` gives it a
 * process. A run that `signal` stopped saves its model and metrics and is not evaluated.
 */
export async function executeRun(
  request: RunRequest,
  say: (message: FromRun) => void,
  signal?: AbortSignal,
): Promise<RunOutput> {
  const { resume, notices } = await prepareRunFolder(request);
  for (const text of notices) say({ type: 'notice', text });
  say({ type: 'phase', phase: 'loading data' });
  const dataset = transferDataset(await loadDataset(request.config.dataset));
  say({ type: 'phase', phase: 'starting' });
  const data: ReplicaData = { request, dataset, resume };
  const cores = os.availableParallelism();
  const { workers } = resolveConfig(request.config, { workers: cores });
  return launchReplicas<FromRun, RunOutput>({
    module: new URL(import.meta.url.endsWith('.ts') ? './replica-program.ts' : './replica-program.js', import.meta.url),
    data,
    workers: workers === 'auto' ? cores : workers,
    onMessage: say,
    ...(signal === undefined ? {} : { signal }),
  });
}
