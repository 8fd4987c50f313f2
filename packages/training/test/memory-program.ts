/* What the threads of memory.test.ts run. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { randomStream } from '@ablate/random';
import { type MemoryUse, memoryUse, startBackend } from '@ablate/tensor-backends';
import { type Examples, fit, type SharedReplica } from '../src/index.ts';
import { trainingSchema } from '../src/schema/index.ts';
import { SeededDropout, SharedStatistics } from './problems.ts';

export interface MemoryTask {
  network: 'convolutional' | 'dense';
  steps: number;
}

/** After a step, in a replica: what its backend uses, and on some steps what is left once garbage is collected. */
export type StepMemory = MemoryUse & {
  step: number;
  /** Bytes: JavaScript objects and array buffers of the thread, and what the whole process has resident. */
  collected?: { objects: number; arrayBuffers: number; resident: number };
};

/** Garbage is collected after the second step and after each step whose number is a multiple of it. */
export const COLLECT_EVERY = 1000;
/** Steps of an epoch; after each the model is evaluated. */
const STEPS_PER_EPOCH = 20;
const BATCH = 16;

export default async function train(
  { network, steps }: MemoryTask,
  replica: SharedReplica,
  say: (message: StepMemory) => void,
): Promise<void> {
  await startBackend('wasm');
  const recipe = trainingSchema.parse({ epochs: steps / STEPS_PER_EPOCH, batchSize: BATCH });
  await fit(networks[network](), {
    train: images(STEPS_PER_EPOCH * BATCH),
    recipe,
    seed: 1,
    replica,
    stepEvents: 1,
    onEvent(event) {
      if (event.type !== 'step') return;
      const { step } = event;
      // In every replica: they share one process.
      const collected = step === 2 || step % COLLECT_EVERY === 0 ? { collected: collectGarbage() } : {};
      if (replica.index === 0) say({ ...memoryUse(), step, ...collected });
    },
  });
}

function collectGarbage(): StepMemory['collected'] {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed: objects, arrayBuffers, rss: resident } = process.memoryUsage();
  return { objects, arrayBuffers, resident };
}

const networks = {
  convolutional: () =>
    sequential({
      layers: [
        layers.conv2d({ inputShape: [12, 12, 1], filters: 8, kernelSize: 3, padding: 'same', useBias: false }),
        new SharedStatistics({ name: 'statistics' }),
        layers.activation({ activation: 'relu' }),
        layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        new SeededDropout({ name: 'drop', rate: 0.25 }),
        layers.dense({ units: 10 }),
      ],
    }),
  dense: () =>
    sequential({
      layers: [
        layers.flatten({ inputShape: [12, 12, 1] }),
        layers.dense({ units: 16, activation: 'relu' }),
        layers.dense({ units: 10 }),
      ],
    }),
};

function images(count: number): Examples {
  const size = 12 * 12;
  const pixels = randomStream(1, 'pixels').fillNormal(new Float32Array(count * size), 0, 1);
  return {
    count,
    shape: [12, 12, 1],
    classes: 10,
    read(rows) {
      const x = new Float32Array(rows.length * size);
      for (const [i, row] of Array.from(rows).entries()) {
        x.set(pixels.subarray(row * size, (row + 1) * size), i * size);
      }
      return { x, labels: Int32Array.from(rows, (row) => row % 10) };
    },
  };
}
