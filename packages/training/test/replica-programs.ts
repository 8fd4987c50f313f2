/* What the threads of replicas.test.ts run. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, regularizers, sequential } from '@tensorflow/tfjs-layers';
import { startBackend } from '@ablate/tensor-backends';
import { evaluate, fit, type Probe, type SharedReplica } from '../src/index.ts';
import { trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, SeededDropout, SharedStatistics, weightsOf, withSeededWeights } from './problems.ts';

/** What a thread is to do: train, and where told to, misbehave. */
export interface Task {
  backend: 'wasm' | 'cpu';
  examples: number;
  batchSize: number;
  epochs: number;
  /** More of the recipe. */
  recipe?: object;
  /** Look at every so many steps. */
  probeEvery?: number;
  fault?: { replica: number; kind: 'throw' | 'exit' | 'loop' | 'return' };
}

export interface Trained {
  weights: number[][];
  events: unknown[];
  loss: number;
  predictions: number[];
  waited: number;
}

export default async function train(
  task: Task,
  replica: SharedReplica,
  say: (message: unknown) => void,
): Promise<Trained> {
  await startBackend(task.backend);
  const { x, labels } = blobs(task.examples);
  const model = withSeededWeights(
    sequential({
      layers: [
        layers.dense({ inputShape: [2], units: 16, activation: 'tanh' }),
        new SharedStatistics({ name: 'statistics' }),
        new SeededDropout({ name: 'drop', rate: 0.25 }),
        layers.dense({ units: 3, kernelRegularizer: regularizers.l2({ l2: 0.01 }) }),
      ],
    }),
  );
  const events: unknown[] = [];
  await fit(model, {
    train: examplesOf(x, labels),
    recipe: trainingSchema.parse({ epochs: task.epochs, batchSize: task.batchSize, ...task.recipe }),
    seed: 3,
    replica,
    stepEvents: 1,
    ...(task.probeEvery !== undefined && { probes: [normsProbe(task.probeEvery)] }),
    onEvent(event) {
      if (event.type !== 'timing') events.push(event);
      if (replica.index === 0) say(event);
      if (event.type === 'step' && event.step === 3 && task.fault?.replica === replica.index)
        misbehave(task.fault.kind);
    },
  });
  const { loss, predictions } = await evaluate(model, examplesOf(x, labels), { replica });
  return { weights: await weightsOf(model), events, loss, predictions: [...predictions], waited: replica.waited };
}

/** Norms of gradients, and sums of activations. */
function normsProbe(every: number): Probe {
  return {
    name: 'norms',
    every,
    onWeights: (weights) => weights.map(({ path, gradient }) => [path, Math.hypot(...gradient)]),
    onActivations: (layers) => layers.map(({ layer, shape }) => [layer, [...shape]]),
  };
}

function misbehave(kind: NonNullable<Task['fault']>['kind']): void {
  if (kind === 'throw') throw new Error(`the ${tf.getBackend()} backend caught fire`);
  if (kind === 'exit') process.exit(7);
  if (kind === 'loop') for (;;);
}
