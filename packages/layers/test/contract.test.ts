import { describeLayer, layerTypes } from '@ablate/layers/schema';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadModel } from '../src/index.ts';
import { cases } from './cases.ts';
import { modelOf, noiseTensor, saved } from './models.ts';

/** Batch of the contract: enough rows for batch statistics. */
const BATCH = 5;
/** Along a unit direction; small, so that few ReLUs change sides within it. */
const STEP = 1e-3;
/**
 * Of the gradient's norm, at least 1. Outputs are rounded to about 1e-7, over two steps 1e-4 for some hundred of them;
 * the ReLUs that change sides measured up to 2.5e-3.
 */
const GRADIENT_TOLERANCE = 5e-3;
const kwargs = { training: true, random: { seed: 1, step: 3, row: 0 } };

test('every layer is tried', () => {
  expect(new Set(cases.map(({ type }) => type))).toEqual(new Set(layerTypes));
});

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend);
  });

  describe.each(cases)('$type $args', (layerCase) => {
    const descriptor = describeLayer(layerCase.type);
    const args = descriptor.args.parse(layerCase.args);
    const { inputs: shapes } = layerCase;
    const inputsOf = (name: string) => shapes.map((shape, i) => noiseTensor([BATCH, ...shape], `${name}${i}`));

    test('the descriptor knows the shapes and weights of the model', () => {
      const model = modelOf(layerCase);
      expect(model.outputs[0]?.shape).toEqual([null, ...descriptor.outputShape(args, shapes)]);
      const output = model.predict(inputsOf('x')) as tf.Tensor;
      expect(output.shape).toEqual([BATCH, ...descriptor.outputShape(args, shapes)]);
      const weights = model.weights.map(({ originalName, shape, trainable }) => ({ originalName, shape, trainable }));
      expect(weights).toEqual(
        descriptor.weights(args, shapes).map(({ name, shape, trainable }) => ({
          originalName: `block/layer/${name}`,
          shape,
          trainable,
        })),
      );
    });

    test('saved, stock tfjs loads it and predicts the same; so does loadModel', async () => {
      const model = modelOf(layerCase);
      const handler = await saved(model);
      const stock = await tfl.loadLayersModel(handler);
      const ours = await loadModel(handler);
      const expected = model.predict(inputsOf('x')) as tf.Tensor;
      expect(largestDifference(stock.predict(inputsOf('x')) as tf.Tensor, expected)).toBeLessThan(1e-5);
      expect(largestDifference(ours.predict(inputsOf('x')) as tf.Tensor, expected)).toBe(0);
      const layerOf = (of: tfl.LayersModel) => of.getLayer('block/layer').constructor;
      expect(layerOf(ours)).toBe(layerOf(model));
      expect(ours.toJSON(null, false)).toEqual(model.toJSON(null, false));
    });

    test('gradients of weights and inputs in training are those of finite differences', () => {
      const model = modelOf(layerCase);
      const trainable = model.trainableWeights;
      const values = [...inputsOf('x'), ...trainable.map((weight) => weight.read().clone())];
      const parts = values.map((value, i) => ({ value, direction: unit(noiseTensor(value.shape, `d${i}`)) }));
      const head = noiseTensor([BATCH, ...descriptor.outputShape(args, shapes)], 'head');
      // Summed in double precision: what remains is the rounding of single outputs.
      const loss = (given: tf.Tensor[]): number =>
        tf.tidy(() => {
          given.slice(shapes.length).forEach((value, i) => trainable[i]?.write(value));
          const y = model.apply(given.slice(0, shapes.length), kwargs) as tf.Tensor;
          return [...tf.mul(y, head).dataSync()].reduce((sum, term) => sum + term, 0);
        });
      const variables = trainable.map((weight) => weight.read() as tf.Variable);
      const inputs = values.slice(0, shapes.length);
      const inputGradients = tf.grads((...x: tf.Tensor[]) => tf.sum(tf.mul(model.apply(x, kwargs) as tf.Tensor, head)))(
        inputs,
      );
      const weightGradients =
        variables.length === 0
          ? []
          : Object.values(
              tf.variableGrads(() => tf.sum(tf.mul(model.apply(inputs, kwargs) as tf.Tensor, head)), variables).grads,
            );
      const gradients = [...inputGradients, ...weightGradients];
      expect(gradients.length).toBe(parts.length);
      parts.forEach(({ value, direction }, i) => {
        const gradient = gradients[i] as tf.Tensor;
        const at = (sign: number) =>
          loss(values.map((other, j) => (j === i ? tf.add(value, tf.mul(direction, sign * STEP)) : other)));
        const numeric = (at(1) - at(-1)) / (2 * STEP);
        const analytic = tf.sum(tf.mul(gradient, direction)).dataSync()[0] as number;
        const size = Math.max(1, tf.norm(gradient).dataSync()[0] as number);
        expect(Math.abs(numeric - analytic) / size, `part ${i}: ${numeric} against ${analytic}`).toBeLessThan(
          GRADIENT_TOLERANCE,
        );
      });
    });
  });
});

function unit(x: tf.Tensor): tf.Tensor {
  return tf.div(x, tf.norm(x));
}

function largestDifference(a: tf.Tensor, b: tf.Tensor): number {
  expect(a.shape).toEqual(b.shape);
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number;
}
