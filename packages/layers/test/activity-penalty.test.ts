import { createLayer } from '@ablate/layers';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { noiseTensor, shakeWeights } from './models.ts';

const penalty = { l1: 0.3, l2: 0.7 };

describe.each(['cpu', 'wasm'] as const)('activityRegularizer on %s', (backend) => {
  test.each([
    ['dense', { units: 3, activation: 'relu' }, [4]],
    ['dense', { units: 3, activation: 'tanh' }, [4]],
    ['conv2d', { filters: 2, kernelSize: 3, activation: 'relu' }, [5, 5, 2]],
    ['depthwiseConv2d', { kernelSize: 3 }, [5, 5, 2]],
    ['separableConv2d', { filters: 2, kernelSize: 3, activation: 'relu' }, [5, 5, 2]],
    ['weightStandardizedConv2d', { filters: 2, kernelSize: 3 }, [5, 5, 2]],
  ])('of %s %j: the loss and its gradients are the formula over the output', async (type, args, shape) => {
    await startBackend(backend);
    const penalized = layerModel(type, { ...args, activityRegularizer: penalty }, shape);
    const plain = layerModel(type, args, shape);
    const x = noiseTensor([6, ...shape], 'x');
    const before = tf.memory().numTensors;
    const ours = gradients(penalized, () => {
      penalized.apply(x, { training: true });
      return only(penalized.calculateLosses());
    });
    const expected = gradients(plain, () => {
      const y = plain.apply(x, { training: true }) as tf.Tensor;
      const sum = tf.add(tf.mul(0.3, tf.sum(tf.relu(y))), tf.mul(0.3, tf.sum(tf.relu(tf.neg(y)))));
      return tf.div(tf.add(sum, tf.mul(0.7, tf.sum(tf.square(y)))), 6);
    });
    expect(ours[0]?.[0]).toBeGreaterThan(0.01);
    for (const [i, values] of expected.entries()) {
      for (const [k, value] of values.entries()) {
        expect(Math.abs((ours[i]?.[k] ?? Number.NaN) - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
      }
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('parts of a batch, an empty one too, add up to the whole', async () => {
    await startBackend(backend);
    const whole = layerModel('dense', { units: 3, activityRegularizer: penalty }, [4]);
    const x = noiseTensor([6, 4], 'x');
    const of = (rows: tf.Tensor) =>
      gradients(whole, () => {
        whole.apply(rows, { training: true, batchRows: 6 });
        return only(whole.calculateLosses());
      });
    const parts = [tf.slice(x, 0, 4), tf.slice(x, 4, 2), tf.slice(x, 6, 0)].map(of);
    for (const [i, values] of of(x).entries()) {
      for (const [k, value] of values.entries()) {
        expect(parts.reduce((sum, part) => sum + (part[i]?.[k] ?? 0), 0)).toBeCloseTo(value, 5);
      }
    }
  });

  test('there is none of a call that does not train, and none is kept that nobody asked for', async () => {
    await startBackend(backend);
    const net = layerModel('dense', { units: 3, activityRegularizer: penalty }, [4]);
    const x = noiseTensor([6, 4], 'x');
    tf.dispose(net.predict(x));
    expect(net.calculateLosses()).toEqual([]);
    tf.dispose(net.apply(x, { training: true }) as tf.Tensor);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) tf.dispose(net.apply(x, { training: true }) as tf.Tensor);
    expect(tf.memory().numTensors).toBe(before);
    expect(net.calculateLosses()).toHaveLength(1);
    expect(net.calculateLosses()).toEqual([]);
  });

  test("tf.layers' own fit makes the output smaller by it", async () => {
    await startBackend(backend);
    const net = layerModel('dense', { units: 1, activityRegularizer: { l2: 1 } }, [4]);
    net.compile({ optimizer: tf.train.sgd(0.1), loss: (_, y) => tf.mul(0, tf.sum(y)) });
    const x = noiseTensor([6, 4], 'x');
    const size = () => tf.tidy(() => tf.sum(tf.square(net.predict(x) as tf.Tensor)).dataSync()[0] as number);
    const first = size();
    await net.fit(x, tf.zeros([6, 1]), { epochs: 20, batchSize: 6 });
    expect(size()).toBeLessThan(first / 2);
  });
});

function layerModel(type: string, args: Record<string, unknown>, shape: readonly number[]): LayersModel {
  const x = input({ shape: [...shape] });
  const net = model({ inputs: x, outputs: createLayer(type, args, 'layer').apply(x) as SymbolicTensor });
  shakeWeights(net);
  return net;
}

/** The value of a scalar, then its gradient for each weight. */
function gradients(net: LayersModel, of: () => tf.Scalar): number[][] {
  const variables = net.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const { value, grads } = tf.variableGrads(of, variables);
  const all = [value, ...variables.map(({ name }) => grads[name] as tf.Tensor)];
  const numbers = all.map((tensor) => [...tensor.dataSync()]);
  tf.dispose(all);
  return numbers;
}

function only(losses: tf.Scalar[]): tf.Scalar {
  expect(losses).toHaveLength(1);
  return losses[0] as tf.Scalar;
}
