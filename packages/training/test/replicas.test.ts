import { describe, expect, test } from 'vitest';
import { shardOf, TrainingError } from '../src/index.ts';
import { launchReplicas } from '../src/node/index.ts';
import type { Task, Trained } from './replica-programs.ts';

const module = new URL('./replica-programs.ts', import.meta.url);
/** 26 steps: batches of 16, the last of 4. */
const task: Task = { backend: 'wasm', examples: 100, batchSize: 16, epochs: 2 };

const train = (workers: number, change: Partial<Task> = {}, signal?: AbortSignal) =>
  launchReplicas<unknown, Trained>({ module, data: { ...task, ...change }, workers, ...(signal && { signal }) });

describe('replicas', () => {
  test.each([
    [
      10,
      4,
      [
        [0, 2],
        [2, 5],
        [5, 7],
        [7, 10],
      ],
    ],
    [
      2,
      3,
      [
        [0, 0],
        [0, 1],
        [1, 2],
      ],
    ],
    [
      0,
      2,
      [
        [0, 0],
        [0, 0],
      ],
    ],
  ])('%i rows over %i replicas', (rows, count, expected) => {
    expect(Array.from({ length: count }, (_, index) => shardOf(rows, { index, count }))).toEqual(expected);
  });

  // Each thread loads TensorFlow.js from source: the sampled tier starts few.
  describe.each(import.meta.env.MODE === 'deep' ? (['wasm', 'cpu'] as const) : (['wasm'] as const))(
    'on %s',
    (backend) => {
      let shared: Trained;

      test('the same number gives the same bits, twice', async () => {
        shared = await train(3, { backend });
        expect({ ...(await train(3, { backend })), waited: 0 }).toEqual({ ...shared, waited: 0 });
      });

      test('another number gives nearly the same: masks, order and sums agree', async () => {
        const alone = await train(1, { backend });
        expect(shared.events.length).toBe(alone.events.length);
        expect(worst(shared.weights, alone.weights)).toBeLessThan(2e-4);
        expect(shared.predictions).toEqual(alone.predictions);
        expect(Math.abs(shared.loss - alone.loss)).toBeLessThan(1e-4);
      });
    },
  );

  test('a batch with fewer rows than replicas leaves some of them without: they join all the same', async () => {
    const change = { examples: 33, batchSize: 16, epochs: 1 };
    const [alone, shared] = [await train(1, change), await train(3, change)];
    expect(worst(shared.weights, alone.weights)).toBeLessThan(1e-4);
  });

  test.each([
    {
      accumulate: 4,
      clipNorm: 0.5,
      ema: { decay: 0.8 },
      earlyStopping: { monitor: 'trainAccuracy', patience: 1 },
      schedule: { name: 'plateau', monitor: 'trainAccuracy' },
    },
    { accumulate: 2, mixup: { alpha: 1 }, classWeights: [0.5, 2, 1], labelSmoothing: 0.1, clipValue: 0.05 },
  ])('two do together what one does alone, %j', async (recipe) => {
    // 13 rows a batch and one in the last: uneven parts, and an empty one.
    const change = { examples: 40, batchSize: 13, epochs: 4, recipe };
    const [alone, shared] = [await train(1, change), await train(2, change)];
    expect(shared.events.length).toBe(alone.events.length);
    expect(worst(shared.weights, alone.weights)).toBeLessThan(1e-4);
    expect(Math.abs(shared.loss - alone.loss)).toBeLessThan(1e-4);
  });

  test('what a replica throws is what the run fails with', async () => {
    await expect(train(2, { fault: { replica: 1, kind: 'throw' } })).rejects.toEqual(
      new TrainingError('the wasm backend caught fire'),
    );
  });

  test('a replica that ends without a word fails the run', async () => {
    await expect(train(2, { fault: { replica: 1, kind: 'exit' } })).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TrainingError: replica 1 of 2 ended with exit code 7 before it was done.]`,
    );
  });

  test('a replica that loops for ever is ended with the others', async () => {
    const change: Partial<Task> = { fault: { replica: 1, kind: 'loop' } };
    const steps: number[] = [];
    const failing = launchReplicas<{ type: string; step: number }, Trained>({
      module: new URL('./replica-programs.ts', import.meta.url),
      data: { ...task, ...change, alsoFails: 0 },
      workers: 2,
      onMessage({ type, step }) {
        if (type === 'step') steps.push(step);
        if (step === 3) throw new Error('enough');
      },
    });
    await expect(failing).rejects.toThrow('enough');
    expect(steps).toEqual([1, 2, 3]);
  });

  test('a request to stop ends all replicas after the same step', async () => {
    const stopping = new AbortController();
    const result = await launchReplicas<{ type: string; step?: number }, Trained>({
      module,
      data: { ...task, epochs: 10_000 },
      workers: 2,
      signal: stopping.signal,
      onMessage: ({ type, step }) => {
        if (type === 'step' && step === 5) stopping.abort();
      },
    });
    const steps = result.events.filter((event) => (event as { type: string }).type === 'step').length;
    expect(steps).toBeGreaterThanOrEqual(5);
    expect(result.events.at(-1)).toMatchObject({ type: 'end', stopped: 'requested', steps });
  });

  test('a module without a program is refused', async () => {
    const none = new URL('./problems.ts', import.meta.url);
    await expect(launchReplicas({ module: none, data: null, workers: 1 })).rejects.toThrow(
      /must export a function by default, the program of a replica\.$/,
    );
  });

  test('a number of workers that is none is refused', async () => {
    await expect(train(0)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TrainingError: launchReplicas: workers must be a whole number from 1; received 0.]`,
    );
  });
});

function worst(a: readonly number[][], b: readonly number[][]): number {
  return Math.max(...a.flatMap((values, i) => values.map((value, j) => Math.abs(value - (b[i]?.[j] ?? Number.NaN)))));
}
