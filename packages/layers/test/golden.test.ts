import { BatchNormalization, Conv2D, createLayer, Dense } from '@ablate/layers';
import { activationNames, layerDescriptors } from '@ablate/layers/schema';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { noiseTensor } from './models.ts';

const { conv2d, dense, batchNormalization } = layerDescriptors;

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend);
  });

  test('conv2d: a 2×2 kernel over the image 1 … 9, worked out by hand', () => {
    const layer = new Conv2D(conv2d.args.parse({ filters: 1, kernelSize: 2, activation: 'relu' }));
    layer.build([null, 3, 3, 1]);
    layer.setWeights([tf.tensor4d([1, 0, 0, -2], [2, 2, 1, 1]), tf.tensor1d([12])]);
    // x[i, j] − 2 · x[i + 1, j + 1] + 12
    const y = layer.call(tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]), {});
    expect([...y.dataSync()]).toEqual([3, 2, 0, 0]);
  });

  test('dense: [1, 2] · [[1, 2, 3], [4, 5, 6]] + [0, 1, 2], also on the last axis of a higher rank', () => {
    const layer = new Dense(dense.args.parse({ units: 3 }));
    layer.build([null, 2]);
    layer.setWeights([tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]), tf.tensor1d([0, 1, 2])]);
    expect([...layer.call(tf.tensor2d([1, 2], [1, 2]), {}).dataSync()]).toEqual([9, 13, 17]);
    const y = layer.call(tf.tensor3d([1, 2, 0, 1], [1, 2, 2]), {});
    expect(y.shape).toEqual([1, 2, 3]);
    expect([...y.dataSync()]).toEqual([9, 13, 17, 4, 6, 8]);
    expect(layer.computeOutputShape([null, 7, 2])).toEqual([null, 7, 3]);
  });

  test('batch normalization in training: the written-out formula, and the moving statistics of tf.layers', () => {
    const args = batchNormalization.args.parse({ momentum: 0.9, epsilon: 0.01 });
    const [gamma, beta] = [2, -1];
    const layer = new BatchNormalization(args);
    const stock = tfl.layers.batchNormalization({ momentum: 0.9, epsilon: 0.01 });
    const x = [1, 2, 4, 9];
    for (const one of [layer, stock]) {
      one.build([null, 1]);
      one.setWeights([gamma, beta, 0.5, 2].map((value) => tf.tensor1d([value])));
    }
    const y = layer.call(tf.tensor2d(x, [4, 1]), { training: true }).dataSync();
    const mean = (1 + 2 + 4 + 9) / 4;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4;
    x.forEach((value, i) => expect(y[i]).toBeCloseTo((gamma * (value - mean)) / Math.sqrt(variance + 0.01) + beta, 5));
    const [, , movingMean, movingVariance] = layer.getWeights().map((weight) => weight.dataSync()[0] as number);
    expect(movingMean).toBeCloseTo(0.9 * 0.5 + 0.1 * mean, 6);
    expect(movingVariance).toBeCloseTo(0.9 * 2 + 0.1 * variance, 6);

    stock.call(tf.tensor2d(x, [4, 1]), { training: true });
    const statistics = (of: tfl.layers.Layer) => of.getWeights().map((weight) => weight.dataSync()[0] as number);
    statistics(stock).forEach((value, i) => expect(statistics(layer)[i]).toBeCloseTo(value, 6));
    const inference = layer.call(tf.tensor2d([3], [1, 1]), {}).dataSync()[0];
    expect(inference).toBeCloseTo(
      (gamma * (3 - (movingMean as number))) / Math.sqrt((movingVariance as number) + 0.01) + beta,
      5,
    );
  });

  test.each(activationNames)('%s as an activation of dense is that of tf.layers', (activation) => {
    const ours = new Dense(dense.args.parse({ units: 6, activation }));
    const stock = tfl.layers.dense({ units: 6, activation });
    const weights = [noiseTensor([4, 6], 'kernel'), noiseTensor([6], 'bias')];
    for (const layer of [ours, stock]) {
      layer.build([null, 4]);
      layer.setWeights(weights);
    }
    const x = tf.mul(noiseTensor([5, 4], 'x'), 4);
    const expected = (stock.call(x, {}) as tf.Tensor).dataSync();
    const y = ours.call(x, { training: true }).dataSync();
    expected.forEach((value, i) => expect(y[i]).toBeCloseTo(value, 5));
    const gradient = tf.grad((v: tf.Tensor) => tf.sum(ours.call(v, { training: true })))(x);
    expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true);
  });
});

test('createLayer refuses an unknown layer and arguments that its descriptor refuses', () => {
  expect(() => createLayer('Con2d', {}, 'a')).toThrow('unknown layer "Con2d".');
  expect(() => createLayer('dropout', { rate: 5 }, 'a')).toThrow('expected number to be <1');
});

test('weights start from the stream of their path: equal for equal names, and no Math.random', () => {
  const start = (name: string) => {
    const layer = createLayer('dense', { units: 4 }, name);
    layer.build([null, 3]);
    return layer.getWeights()[0]?.dataSync().join();
  };
  expect(start('a')).toBe(start('a'));
  expect(start('a')).not.toBe(start('b'));
});

test('calls leave no tensors behind', () => {
  const layer = createLayer('batchNormalization', {}, 'bn');
  layer.build([null, 3]);
  const x = tf.ones([4, 3]);
  const before = tf.memory().numTensors;
  for (let i = 0; i < 3; i++) tf.dispose(layer.call(x, { training: true }));
  expect(tf.memory().numTensors).toBe(before);
});
