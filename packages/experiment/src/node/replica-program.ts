/* What each replica of a run does, in a thread of its own: build, train, evaluate; the first one writes the files. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { toLayersModel } from '@ablate/architectures';
import { countParameters, inspectGraph } from '@ablate/architectures/schema';
import { type Dataset, type DatasetTransfer, receiveDataset } from '@ablate/datasets';
import { type MemoryUse, memoryUse, type StartedBackend, startBackend } from '@ablate/tensor-backends';
import { type Evaluation, evaluate, fit, type Replica } from '@ablate/training';
import type { TrainingEvent, TrainingRecipe } from '@ablate/training/schema';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { fingerprint, type Predictions, type RunResult, type Timings } from '../schema/index.ts';
import { definePlugins } from './define-plugins.ts';
import { hashWeights } from './hash-weights.ts';
import { describeMachine } from './machine.ts';
import { measureModel } from './measure-model.ts';
import { writeModelAnalyses } from './model-analyses.ts';
import { writePredictions } from './predictions-files.ts';
import { checkpointFolder, saveCheckpoint } from './checkpoint-files.ts';
import { metricsCsv } from './metrics-csv.ts';
import type { ResumePoint } from './prepare-run-folder.ts';
import { RunLogs } from './run-logs.ts';
import type { FromRun, RunRequest } from './run-messages.ts';
import { saveModel } from './save-model.ts';
import { findingsOf, probesOf } from './training-probes.ts';
import { lossSpikesOf, scoresOf, spentBudgetOf, timesOf } from './training-totals.ts';
import { writeAnalyses } from './write-analyses.ts';
import { writeFileWhole, writeJson } from './write-file.ts';

/** Step events that are kept and shown: at most about this many an epoch. */
const STEPS_SHOWN = 100;

/** Seconds of training that a crash costs at the most. */
const CHECKPOINT_SECONDS = 30;

/** What a replica of a run is given. */
export interface ReplicaData {
  request: RunRequest;
  dataset: DatasetTransfer;
  /** Where the run goes on; null where it starts. */
  resume: ResumePoint | null;
}

/** What replica 0 returns. */
export interface RunOutput {
  result: RunResult;
  timings: Timings;
}

/** What training left. */
interface Trained {
  dataset: Dataset;
  model: LayersModel;
  backend: StartedBackend;
  events: readonly TrainingEvent[];
  memory: Timings['memory'];
  /** Null where the run was stopped. */
  test: Evaluation | null;
}

type Say = (message: FromRun) => void;

const ROUNDS_OTHERWISE =
  'going on without fused multiply-add, which this run began with on another processor or Node: its last bits will not be those of an unbroken run';

export default async function runReplica(
  { request, dataset: transfer, resume }: ReplicaData,
  replica: Replica,
  say: Say,
): Promise<RunOutput | null> {
  const { config } = request;
  const began = resume?.checkpoint.notes.fusedMultiplyAdd;
  const backend = await startBackend(config.backend, { fusedMultiplyAdd: began ?? true });
  const dataset = receiveDataset(transfer);
  await definePlugins(config.plugins);
  const model = toLayersModel(config.graph, { seed: config.seed });
  // Only one of them speaks and writes.
  const speak = replica.index === 0 ? say : () => undefined;
  try {
    if (began === true && !backend.fusedMultiplyAdd) speak({ type: 'notice', text: ROUNDS_OTHERWISE });
    speak({ type: 'phase', phase: 'training' });
    const { events, memory } = await train(model, dataset, request, { replica, resume, backend, say: speak });
    const stopped = events.some((event) => event.type === 'end' && event.stopped === 'requested');
    const test = stopped ? null : await evaluateOn(model, dataset, config.training, replica, speak);
    if (replica.index !== 0) return null;
    return await finish(request, { dataset, model, backend, events, memory, test }, speak);
  } finally {
    model.dispose();
  }
}

async function train(
  model: LayersModel,
  dataset: Dataset,
  request: RunRequest,
  {
    replica,
    resume,
    backend,
    say,
  }: { replica: Replica; resume: ResumePoint | null; backend: StartedBackend; say: Say },
): Promise<Pick<Trained, 'events' | 'memory'>> {
  const { config, folder, fingerprint: decided, versions } = request;
  const logs = replica.index === 0 ? new RunLogs(folder, resume?.checkpoint.notes.offsets) : null;
  const events: TrainingEvent[] = [...(resume?.events ?? [])];
  let early: MemoryUse | undefined;
  let end: MemoryUse | undefined;
  try {
    await fit(model, {
      train: dataset.train,
      ...(dataset.validation === null ? {} : { validation: dataset.validation }),
      recipe: config.training,
      seed: config.seed,
      replica,
      ...(resume && { resume: resume.checkpoint.snapshot }),
      checkpoints: {
        ...(request.checkpoints ?? { everySeconds: CHECKPOINT_SECONDS }),
        async save(snapshot) {
          if (logs === null) return;
          // A checkpoint counts on what was said before it.
          logs.sync();
          const { fusedMultiplyAdd } = backend;
          const notes = { fingerprint: decided, config, versions, offsets: logs.offsets, fusedMultiplyAdd };
          await saveCheckpoint(folder, { snapshot, notes });
        },
      },
      probes: probesOf(config),
      stepEvents: Math.max(1, Math.floor(dataset.train.count / config.training.batchSize / STEPS_SHOWN)),
      onEvent(event) {
        events.push(event);
        if (event.type === 'step') {
          end = memoryUse();
          // The first step allocates what all others use again.
          if (event.step > 1) early ??= end;
        }
        logs?.add(event);
        say({ type: 'event', event });
      },
    });
    return { events, memory: early && end && { early, end, peakBytes: process.resourceUsage().maxRSS * 1024 } };
  } finally {
    logs?.close();
  }
}

function evaluateOn(
  model: LayersModel,
  dataset: Dataset,
  { batchSize, loss }: TrainingRecipe,
  replica: Replica,
  say: Say,
): Promise<Evaluation> {
  say({ type: 'phase', phase: 'evaluating' });
  return evaluate(model, dataset.test, { batchSize, loss, replica, probabilities: true });
}

/** Measures what is left to measure, and writes the run's files. */
async function finish(
  request: RunRequest,
  { dataset, model, backend, events, memory, test }: Trained,
  say: Say,
): Promise<RunOutput> {
  const { config, folder } = request;
  const shared = request.atOnce === undefined ? {} : { runsAtOnce: request.atOnce };
  const timings: Timings = { version: 1, ...shared, ...timesOf(events), ...(memory && { memory }) };
  if (test !== null) {
    const { predictions, probabilities = new Float32Array() } = test;
    writePredictions(folder, predictionsOf(dataset, predictions), probabilities);
    say({ type: 'phase', phase: 'analysing' });
    const subject = { model: () => Promise.resolve(model), test: () => Promise.resolve(dataset.test) };
    await writeModelAnalyses(folder, config.analysis, subject);
    if (config.analysis.some(({ name }) => name === 'timing')) {
      say({ type: 'phase', phase: 'measuring inference' });
      timings.inference = await measureModel(model, config.graph.inputShape);
    }
  }
  say({ type: 'phase', phase: 'saving' });
  writeFileWhole(join(folder, 'metrics.csv'), metricsCsv(events));
  const asked = writeAnalyses(folder, config);
  const result = await describeResult(request, model, backend, events, test);
  if (result.metrics !== undefined) Object.assign(result.metrics, asked);
  for (const text of remarksOn(request, result)) say({ type: 'notice', text });
  await saveModel(model, join(folder, 'model'));
  writeJson(join(folder, 'timings.json'), timings);
  // Last: where run.json is, the rest is complete.
  writeJson(join(folder, 'run.json'), result);
  if (test !== null) rmSync(checkpointFolder(folder), { recursive: true, force: true });
  return { result, timings };
}

/** What a person is to know of a run that is done. */
function remarksOn({ weightHash }: RunRequest, result: RunResult): string[] {
  const remarks = (result.findings ?? []).map((finding) => `doctor: ${finding}`);
  if (weightHash !== undefined && result.status === 'done' && result.weightHash !== weightHash) {
    remarks.push(
      `the same run reached other weights than before (${result.weightHash} instead of ${weightHash}): this machine or its libraries compute differently now`,
    );
  }
  return remarks;
}

function predictionsOf({ test, classNames }: Dataset, predictions: Int32Array): Predictions {
  return { version: 1, classNames: [...classNames], labels: [...test.labels], predictions: [...predictions] };
}

async function describeResult(
  { experiment, file, variant, config, versions }: RunRequest,
  model: LayersModel,
  { name, reason, tfjs, fusedMultiplyAdd }: StartedBackend,
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
    backend: { name, reason, tfjs, fusedMultiplyAdd },
    parameters: { trainable, total: trainable + nonTrainable },
    macs: inspectGraph(config.graph).reduce((sum, { macs }) => sum + macs, 0),
    ...spentBudgetOf(events),
    ...lossSpikesOf(events),
    ...findingsOf(config, events),
    weightHash: await hashWeights(model),
  };
  if (test !== null && scores !== null) {
    const generalizationGap = scores.trainAccuracy - test.accuracy;
    result.metrics = { testLoss: test.loss, testAccuracy: test.accuracy, ...scores, generalizationGap };
  }
  return result;
}
