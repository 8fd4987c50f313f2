import { join } from 'node:path';
import { toLayersModel } from '@ablate/architectures';
import { countParameters, inspectGraph } from '@ablate/architectures/schema';
import type { Dataset } from '@ablate/datasets';
import { loadDataset } from '@ablate/datasets/node';
import { type StartedBackend, startBackend } from '@ablate/tensor-backends';
import { type Evaluation, evaluate, fit } from '@ablate/training';
import type { TrainingEvent } from '@ablate/training/schema';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fingerprint, type Predictions, type RunResult, type Timings } from '../schema/index.ts';
import { hashWeights } from './hash-weights.ts';
import { describeMachine } from './machine.ts';
import { measureModel } from './measure-model.ts';
import { MetricsLog } from './metrics-log.ts';
import { prepareRunFolder } from './prepare-run-folder.ts';
import type { FromRun, RunRequest } from './run-messages.ts';
import { saveModel } from './save-model.ts';
import { scoresOf, timesOf } from './training-totals.ts';
import { writeAnalyses } from './write-analyses.ts';
import { writeJson } from './write-file.ts';

/** Step events that are kept and shown: at most about this many an epoch. */
const STEPS_SHOWN = 100;

/**
 * One run from its config to its files: data, model, training, evaluation on the test set, analyses. Works in any
 * thread; `launchRun` gives it a process. A run that `signal` stopped saves its model and metrics and is not evaluated.
 */
export async function executeRun(
  request: RunRequest,
  say: (message: FromRun) => void,
  signal?: AbortSignal,
): Promise<{ result: RunResult; timings: Timings }> {
  const { config, folder } = request;
  prepareRunFolder(folder);
  say({ type: 'phase', phase: 'starting' });
  const backend = await startBackend(config.backend);
  say({ type: 'phase', phase: 'loading data' });
  const dataset = await loadDataset(config.dataset);
  const model = toLayersModel(config.graph, { seed: config.seed });
  try {
    say({ type: 'phase', phase: 'training' });
    const events = await train(model, dataset, request, say, signal);
    const stopped = events.some((event) => event.type === 'end' && event.stopped !== undefined);
    const test = stopped ? null : await evaluateOn(model, dataset, config.training.batchSize, say);
    const timings: Timings = { version: 1, ...timesOf(events) };
    if (!stopped && config.analysis.some(({ name }) => name === 'timing')) {
      say({ type: 'phase', phase: 'measuring inference' });
      timings.inference = await measureModel(model, config.graph.inputShape);
    }
    say({ type: 'phase', phase: 'saving' });
    const result = await describeResult(request, model, backend, events, test);
    if (test !== null) writeJson(join(folder, 'predictions.json'), predictionsOf(dataset, test), 'compact');
    writeAnalyses(folder, config);
    await saveModel(model, join(folder, 'model'));
    writeJson(join(folder, 'timings.json'), timings);
    // Last: where run.json is, the rest is complete.
    writeJson(join(folder, 'run.json'), result);
    return { result, timings };
  } finally {
    model.dispose();
  }
}

function predictionsOf({ test, classNames }: Dataset, { predictions }: Evaluation): Predictions {
  return { version: 1, classNames: [...classNames], labels: [...test.labels], predictions: [...predictions] };
}

function evaluateOn(
  model: LayersModel,
  dataset: Dataset,
  batchSize: number,
  say: (message: FromRun) => void,
): Promise<Evaluation> {
  say({ type: 'phase', phase: 'evaluating' });
  return evaluate(model, dataset.test, { batchSize });
}

async function train(
  model: LayersModel,
  dataset: Dataset,
  { config, folder }: RunRequest,
  say: (message: FromRun) => void,
  signal: AbortSignal | undefined,
): Promise<TrainingEvent[]> {
  const log = new MetricsLog(join(folder, 'metrics.jsonl'));
  const events: TrainingEvent[] = [];
  try {
    await fit(model, {
      train: dataset.train,
      ...(dataset.validation === null ? {} : { validation: dataset.validation }),
      recipe: config.training,
      seed: config.seed,
      stepEvents: Math.max(1, Math.floor(dataset.train.count / config.training.batchSize / STEPS_SHOWN)),
      onEvent(event) {
        events.push(event);
        if (event.type !== 'timing') log.add(event);
        say({ type: 'event', event });
      },
      ...(signal === undefined ? {} : { signal }),
    });
    return events;
  } finally {
    log.close();
  }
}

async function describeResult(
  { experiment, file, variant, config, versions }: RunRequest,
  model: LayersModel,
  { name, reason, tfjs }: StartedBackend,
  events: readonly TrainingEvent[],
  test: Evaluation | null,
): Promise<RunResult> {
  const scores = scoresOf(events);
  const { trainable, nonTrainable } = countParameters(config.graph);
  const result: RunResult = {
    version: 1,
    experiment,
    file,
    variant,
    seed: config.seed,
    // Of the backend that was started, whatever it was expected to be.
    fingerprint: fingerprint(config, { versions, auto: name }),
    status: test === null ? 'stopped' : 'done',
    config,
    versions,
    machine: describeMachine(),
    backend: { name, reason, tfjs },
    parameters: { trainable, total: trainable + nonTrainable },
    macs: inspectGraph(config.graph).reduce((sum, { macs }) => sum + macs, 0),
    weightHash: await hashWeights(model),
  };
  if (test !== null && scores !== null) {
    const generalizationGap = scores.trainAccuracy - test.accuracy;
    result.metrics = { testLoss: test.loss, testAccuracy: test.accuracy, ...scores, generalizationGap };
  }
  return result;
}
