import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { memoryUse, startBackend } from '@ablate/tensor-backends';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Examples, evaluate, fit, TrainingError } from '../src/index.ts';
import { launchReplicas } from '../src/node/index.ts';
import { trainingSchema } from '../src/schema/index.ts';
import { DEEP, figure } from './figures.ts';
import { COLLECT_EVERY, type MemoryTask, type StepMemory } from './memory-program.ts';
import { weightsOf, withSeededWeights } from './problems.ts';

describe('memory while training', () => {
  const cases: MemoryTask[] = DEEP
    ? [
        { network: 'convolutional', steps: 2000 },
        { network: 'dense', steps: 10_000 },
      ]
    : [{ network: 'convolutional', steps: 100 }];

  test.each(cases)('is steady from the second step on, in two replicas: $network, $steps steps', async (data) => {
    const seen: StepMemory[] = [];
    const module = new URL('./memory-program.ts', import.meta.url);
    await launchReplicas<StepMemory, void>({ module, data, workers: 2, onMessage: (step) => seen.push(step) });
    expect(seen).toHaveLength(data.steps);
    const settled = seen.slice(1);
    expect(new Set(settled.map(({ tensors }) => tensors)).size).toBe(1);
    expect(new Set(settled.map(({ tensorBytes }) => tensorBytes)).size).toBe(1);
    expect(new Set(settled.map(({ heapBytes }) => heapBytes)).size).toBe(1);
    // Under garbage that is not yet collected nothing can be seen. What is left may not have grown since step 1,000.
    const [settledAt, ...later] = seen.flatMap(({ step, collected }) => (step >= COLLECT_EVERY && collected) || []);
    expect(later).toHaveLength(DEEP ? data.steps / COLLECT_EVERY - 1 : 0);
    for (const { objects, resident } of later) {
      expect(objects / (settledAt?.objects ?? 0)).toBeLessThan(1.05);
      expect(resident / (settledAt?.resident ?? 0)).toBeLessThan(1.05);
    }
    for (const { step, tensors, tensorBytes, heapBytes, collected } of [settled[0], seen.at(-1)].flatMap(
      (at) => at ?? [],
    )) {
      const { objects = 0, resident = 0 } = collected ?? {};
      const sizes = [heapBytes, objects, resident].map((bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`);
      figure(
        `${data.network}, step ${step}: ${tensors} tensors of ${tensorBytes} bytes; heap of wasm, JavaScript objects, resident: ${sizes.join(', ')}`,
      );
    }
  });
});

describe('a batch that does not fit', () => {
  beforeAll(() => startBackend('wasm'));

  const wide = () =>
    withSeededWeights(
      sequential({
        layers: [
          layers.conv2d({ inputShape: [4, 4, 1], filters: 2048, kernelSize: 1, activation: 'relu' }),
          layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
          layers.dense({ units: 2 }),
        ],
      }),
    );
  const train: Examples = {
    count: 2 ** 15,
    shape: [4, 4, 1],
    classes: 2,
    read: ({ length }) => ({ x: new Float32Array(16 * length).fill(1), labels: new Int32Array(length) }),
  };
  const messageOf = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TrainingError);
    return (error as Error).message;
  };
  const noRoom =
    'backend "wasm": no room for 4096 MiB \\(\\d+ MiB in use\\)\\. Use a smaller batchSize or backend cpu\\.$';

  test('says so with the sizes; weights and tensors are as before, and a smaller one trains', async () => {
    const model = wide();
    const run = (batchSize: number, examples = train) => {
      const recipe = trainingSchema.parse({ epochs: 1, batchSize, evaluation: { trainExamples: 1 } });
      return fit(model, { train: examples, recipe, seed: 1, onEvent() {} });
    };
    const [weights, { tensors }] = [await weightsOf(model), memoryUse()];
    const said = await messageOf(run(2 ** 15));
    expect(said).toMatch(
      new RegExp(`^fit: a step on 32768 examples of \\[4, 4, 1\\], 32768 at once, failed\\. ${noRoom}`),
    );
    expect(await weightsOf(model)).toEqual(weights);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(await run(8, { ...train, count: 16 })).toMatchObject({ epochs: 1, steps: 2 });
  });

  test('says so in an evaluation too', async () => {
    const model = wide();
    const { tensors } = memoryUse();
    const said = await messageOf(evaluate(model, train, { batchSize: 2 ** 15 }));
    expect(said).toMatch(new RegExp(`^evaluate: 32768 examples of \\[4, 4, 1\\], at once, failed\\. ${noRoom}`));
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('says so where JavaScript has no room for its pixels', async () => {
    const read = () => ({ x: new Float32Array(2 ** 40), labels: new Int32Array(0) });
    expect(await messageOf(evaluate(wide(), { ...train, read }))).toBe(
      'examples: reading 256 examples of [4, 4, 1], failed: Invalid typed array length: 1099511627776. Use a smaller batchSize.',
    );
  });
});
