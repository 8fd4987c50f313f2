import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { startBackend } from '@ablate/tensor-backends';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Examples, type FitOptions, fit } from '../src/index.ts';
import { launchReplicas } from '../src/node/index.ts';
import { type Snapshot, trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, withSeededWeights } from './problems.ts';

/* A training that breaks down says when, where it began, and what is left to go on from. */

const { x, labels } = blobs(12);
const good = examplesOf(x, labels);

/** From its call number `from` on, one value of what it passes on is not finite. */
class Fuse extends layers.Layer {
  static className = 'Fuse';
  #calls = 0;
  readonly #from: number;

  constructor(name: string, from: number) {
    super({ name });
    this.#from = from;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [value] = [inputs].flat() as [tf.Tensor];
    this.#calls++;
    if (this.#calls < this.#from) return tf.clone(value);
    return tf.tidy(() => tf.mul(value, tf.fill(value.shape, Number.POSITIVE_INFINITY)));
  }
}

function net(fuse: LayersModel['layers'][number]): LayersModel {
  return withSeededWeights(
    sequential({
      layers: [
        layers.dense({ name: 'hidden', inputShape: [2], units: 4, activation: 'tanh' }),
        fuse,
        layers.dense({ name: 'logits', units: 3 }),
      ],
    }),
  );
}

beforeEach(async () => void (await startBackend('wasm')));

test('the layer whose output was the first to be not finite is named, with epoch, step and last checkpoint', async () => {
  // Three steps and an evaluation in the first epoch, and two steps in the second.
  const steps: number[] = [];
  const before = tf.memory().numTensors;
  const model = net(new Fuse('fuse', 6));
  const checkpoints = { everySteps: 2, save: ({ optimizer }: Snapshot) => void steps.push(optimizer.steps) };
  expect(await failure(model, good, { checkpoints })).toMatchInlineSnapshot(
    `"fit: the loss must stay finite; it became NaN in epoch 2, step 5. First to be not finite was the output of layer "fuse". The last good checkpoint is of step 4. Use a smaller learning rate (=0.001), or look for values that are not finite in the data."`,
  );
  expect(steps).toEqual([2, 4]);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('before the first checkpoint it says so; without any it says nothing of them', async () => {
  const checkpoints = { everySteps: 100, save: () => undefined };
  expect(await failure(net(new Fuse('fuse', 2)), good, { checkpoints })).toContain('There is no checkpoint yet.');
  expect(await failure(net(new Fuse('fuse', 2)), good)).not.toContain('checkpoint');
});

test('a layer inside a model inside the model is named', async () => {
  const inner = sequential({
    name: 'inner',
    layers: [layers.dense({ name: 'inside', inputShape: [4], units: 4 }), new Fuse('fuse-inside', 2)],
  });
  expect(await failure(net(inner), good)).toContain('First to be not finite was the output of layer "fuse-inside".');
});

test('a weight is named', async () => {
  const model = net(layers.dense({ name: 'middle', units: 4 }));
  const poison = {
    ...good,
    read(indices: ArrayLike<number>) {
      const bias = model.getLayer('middle').weights[1]!;
      tf.tidy(() => void bias.write(tf.tensor([0, Number.NaN, 0, 0])));
      return good.read(indices);
    },
  };
  expect(await failure(model, poison)).toContain('First to be not finite was weight "middle/bias".');
});

test('the data are named', async () => {
  const broken = examplesOf(
    x.map(([a]) => [a as number, Number.NaN]),
    labels,
  );
  expect(await failure(net(new Fuse('fuse', 1000)), broken)).toContain(
    'First to be not finite was the examples of its batch.',
  );
});

describe('a weight that hides from the loss', () => {
  /** Its weight is never used. */
  class Hidden extends layers.Layer {
    static className = 'Hidden';
    #calls = 0;

    override build(): void {
      this.addWeight('statistic', [1], 'float32', initializers.zeros(), undefined, false);
      this.built = true;
    }

    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      const [value] = [inputs].flat() as [tf.Tensor];
      this.#calls++;
      if (this.#calls === 2) tf.tidy(() => void this.weights[0]?.write(tf.tensor([Number.NaN])));
      return tf.clone(value);
    }
  }

  test('stops the run at the end of its epoch', async () => {
    expect(await failure(net(new Hidden({ name: 'hidden-one' })), good)).toMatchInlineSnapshot(
      `"fit: weights must stay finite; "hidden-one/statistic" did not, in epoch 1, step 3 at the latest. Use a smaller learning rate (=0.001)."`,
    );
  });

  test('never gets into a checkpoint', async () => {
    const saved: Snapshot[] = [];
    const checkpoints = { everySteps: 1, save: (snapshot: Snapshot) => void saved.push(snapshot) };
    const message = await failure(net(new Hidden({ name: 'hidden-two' })), good, { checkpoints });
    expect(message).toMatchInlineSnapshot(
      `"fit: weights must stay finite; "hidden-two/statistic" did not, in step 2 at the latest. The last good checkpoint is of step 1. Use a smaller learning rate."`,
    );
    expect(saved.map(({ optimizer }) => optimizer.steps)).toEqual([1]);
  });
});

test('replicas find the same, though the rows are one replica’s', async () => {
  const module = new URL('./not-finite-program.ts', import.meta.url);
  await expect(launchReplicas({ module, data: null, workers: 2 })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[TrainingError: fit: the loss must stay finite; it became NaN in epoch 1, step 3. First to be not finite was the output of layer "pole". The last good checkpoint is of step 2. Use a smaller learning rate (=0.001), or look for values that are not finite in the data.]`,
  );
});

async function failure(model: LayersModel, train: Examples, more: Partial<FitOptions> = {}): Promise<string> {
  const recipe = trainingSchema.parse({ epochs: 3, batchSize: 4 });
  const error = await fit(model, { train, recipe, seed: 1, onEvent() {}, ...more }).then(
    () => new Error('fit did not fail'),
    (reason: unknown) => reason,
  );
  return (error as Error).message;
}
