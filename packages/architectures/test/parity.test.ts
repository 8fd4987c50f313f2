/*
 * Whether wasm and cpu compute the same, where they can be held to it. Layer-forced: both get the same input, weights and
 * output gradient; this finds a wrong kernel. Step-forced: both start each step from the same weights; a rounding that
 * flips a ReLU or the winner of a pooling window moves a gradient by up to 1e-2 in right code, so only the loss is held
 * closely.
 */
import { createLayer } from '@ablate/layers';
import { type LayerType, describeLayer } from '@ablate/layers/schema';
import { randomStream } from '@ablate/random';
import { softmaxCrossEntropy, startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import process from 'node:process';
import { type LayersModel, type SymbolicTensor, input as symbolOf } from '@tensorflow/tfjs-layers';
import { afterAll, describe, expect, test } from 'vitest';
import { toLayersModel } from '../src/index.ts';
import { buildGraph, type Graph } from '../src/schema/index.ts';

type Values = Map<string, Float32Array>;
type Backend = 'wasm' | 'cpu';

const image = [9, 8, 5];
const wide = [12, 11, 16];
const pools = [{}, { poolSize: 3, strides: 2, padding: 'same' }, { poolSize: [2, 3], strides: 1 }];
const activations = [
  'relu relu6 elu selu gelu swish mish sigmoid hardSigmoid tanh softmax softplus softsign linear',
].flatMap((names) => names.split(' '));

const cases: [LayerType, Record<string, unknown>, number[][]][] = [
  ['conv2d', { filters: 7, kernelSize: 3 }, [image]],
  ['conv2d', { filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }, [[8, 8, 1]]],
  ['conv2d', { filters: 8, kernelSize: [5, 2], strides: [2, 3], padding: 'same', activation: 'tanh' }, [image]],
  ['conv2d', { filters: 6, kernelSize: 3, dilationRate: 2, useBias: false }, [image]],
  ['conv2d', { filters: 12, kernelSize: 1, activation: 'relu6' }, [image]],
  ['conv2d', { filters: 6, kernelSize: 1, strides: 2 }, [image]],
  ['conv2d', { filters: 24, kernelSize: 3, padding: 'same' }, [wide]],
  ['conv2d', { filters: 17, kernelSize: 3, activation: 'relu' }, [wide]],
  ['depthwiseConv2d', { kernelSize: 3, depthMultiplier: 2 }, [image]],
  ['depthwiseConv2d', { kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }, [wide]],
  ['separableConv2d', { filters: 6, kernelSize: 3, padding: 'same' }, [image]],
  ['separableConv2d', { filters: 9, kernelSize: 2, dilationRate: 2, activation: 'relu' }, [wide]],
  ['dense', { units: 13 }, [[37]]],
  ['dense', { units: 64, activation: 'relu', useBias: false }, [[40]]],
  ['flatten', {}, [image]],
  ['batchNormalization', {}, [wide]],
  ['batchNormalization', { momentum: 0.9, epsilon: 0.01 }, [[19]]],
  ['dropout', { rate: 0.3 }, [image]],
  ...pools.map((args): (typeof cases)[number] => ['maxPooling2d', args, [image]]),
  ...pools.map((args): (typeof cases)[number] => ['averagePooling2d', args, [wide]]),
  ['globalAveragePooling2d', {}, [image]],
  ['globalMaxPooling2d', {}, [wide]],
  ['zeroPadding2d', { padding: [1, 2] }, [image]],
  ['add', {}, [image, image, image]],
  ['concatenate', {}, [image, [9, 8, 3]]],
  ['leakyReLU', {}, [image]],
  ...activations.map((activation): (typeof cases)[number] => ['activation', { activation }, [image]]),
];

describe('layer-forced: output, gradients and statistics within 1e-4 of their norm', () => {
  const distances: number[] = [];
  afterAll(() => {
    const sorted = distances.toSorted((a, b) => a - b);
    process.stdout.write(
      `${cases.length} layers, wasm and cpu part by (median, worst): ${spread(sorted)} of the norm\n`,
    );
  });

  test.each(cases)('%s %j of %j', async (type, args, shapes) => {
    const wasm = await onBackend('wasm', () => layerValues(type, args, shapes));
    const cpu = await onBackend('cpu', () => layerValues(type, args, shapes));
    expect([...wasm.keys()]).toEqual([...cpu.keys()]);
    expect([...cpu].filter(([, values]) => !(norm(values) > 0))).toEqual([]);
    const apart = [...cpu].map(([name, values]) => [name, difference(wasm.get(name), values) / norm(values)] as const);
    distances.push(...apart.map(([, distance]) => distance));
    expect(apart.filter(([, distance]) => !(distance < 1e-4))).toEqual([]);
  });
});

const deep = import.meta.env.MODE === 'deep';
const [STEPS, BATCH] = deep ? [5, 8] : [5, 4];

/** Gradients that are zero in exact arithmetic: of what is added to a channel before it is normalized. */
const networks: [string, Record<string, unknown>, RegExp][] = [
  ['mlp', { name: 'mlp', batchNorm: true, dropout: 0.5 }, /^dense_[12]\/bias$/],
  ['simple-cnn', { name: 'simple-cnn' }, /^$/],
  [
    'residual-cnn',
    { name: 'residual-cnn', filters: [deep ? 64 : 16] },
    /^residual_1\/(main\/batchNormalization_2|shortcut\/batchNormalization_1)\/beta$/,
  ],
];

describe.each(networks)('step-forced, %s', (name, architecture, zero) => {
  test('the same initial weights to the bit', async () => {
    const [wasm, cpu] = [await initialWeights('wasm', architecture), await initialWeights('cpu', architecture)];
    expect([...wasm.keys()]).toEqual([...cpu.keys()]);
    expect([...cpu].filter(([weight, values]) => !sameBits(wasm.get(weight), values))).toEqual([]);
  });

  test('loss within 3e-5, gradients within 5e-2 of their norm, zero gradients within 1e-5 of the largest', async () => {
    let weights = await initialWeights('wasm', architecture);
    const apart: number[] = [];
    const losses: number[] = [];
    const zeros: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      const wasm = await onBackend('wasm', () => stepValues(architecture, weights, step));
      const cpu = await onBackend('cpu', () => stepValues(architecture, weights, step));
      losses.push(Math.abs(wasm.loss - cpu.loss));
      const largest = Math.max(...[...cpu.gradients.values()].map(norm));
      for (const [weight, expected] of cpu.gradients) {
        const gradient = wasm.gradients.get(weight);
        if (zero.test(weight)) zeros.push(norm(gradient) / largest, norm(expected) / largest);
        else apart.push(difference(gradient, expected) / norm(expected));
      }
      weights = new Map(
        [...wasm.weights].map(([weight, values]) => [weight, descended(values, wasm.gradients.get(weight))]),
      );
    }
    const [loss, gradient, nought] = [losses, apart, zeros].map((values) => values.toSorted((a, b) => a - b));
    process.stdout.write(
      `${name}, wasm and cpu part by (median, worst): loss ${spread(loss)}, gradients ${spread(gradient)} of their norm, zero gradients ${nought?.length ? spread(nought) : 'none'} of the largest\n`,
    );
    expect(zeros).toHaveLength(zero.source === '^$' ? 0 : 2 * 2 * STEPS);
    expect(loss?.at(-1)).toBeLessThan(3e-5);
    expect(gradient?.at(-1)).toBeLessThan(5e-2);
    expect(nought?.at(-1) ?? 0).toBeLessThan(1e-5);
  });
});

/** Output, gradients and weights afterwards of one training call; everything given depends on names alone. */
function layerValues(type: LayerType, args: Record<string, unknown>, shapes: number[][]): Values {
  const layer = createLayer(type, args, 'layer');
  const inputs = shapes.map((shape, i) => tf.variable(noise(`input ${i}`, [4, ...shape])));
  const several = describeLayer(type).inputs === 'several';
  const symbols = shapes.map((shape) => symbolOf({ shape }));
  layer.apply(several ? symbols : (symbols[0] as SymbolicTensor));
  layer.setWeights(
    layer.weights.map(({ originalName, shape }) => tf.add(tf.mul(noise(originalName, shape as number[]), 0.2), 0.5)),
  );
  const kwargs = { training: true, random: { seed: 3, step: 4, row: 5 } };
  const outputs: Float32Array[] = [];
  const trained = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const { grads } = tf.variableGrads(() => {
    const y = layer.call(several ? inputs : (inputs[0] as tf.Tensor), kwargs) as tf.Tensor;
    outputs.push(y.dataSync().slice() as Float32Array);
    return tf.sum(tf.mul(y, noise('output gradient', y.shape)));
  }, [...inputs, ...trained]);
  const gradientOf = ({ name }: tf.Variable) => grads[name]?.dataSync() as Float32Array;
  const values: Values = new Map([
    ...outputs.map((output): [string, Float32Array] => ['output', output]),
    ...inputs.map((input, i): [string, Float32Array] => [`gradient of input ${i}`, gradientOf(input)]),
    ...trained.map((weight, i): [string, Float32Array] => [
      `gradient of ${layer.trainableWeights[i]?.originalName}`,
      gradientOf(weight),
    ]),
    ...layer.weights.map((weight): [string, Float32Array] => [
      weight.originalName,
      weight.read().dataSync().slice() as Float32Array,
    ]),
  ]);
  for (const input of inputs) input.dispose();
  layer.dispose();
  return values;
}

interface StepValues {
  loss: number;
  gradients: Values;
  /** After the step: batch norm has moved its statistics. */
  weights: Values;
}

function stepValues(architecture: unknown, weights: Values, step: number): StepValues {
  const model = toLayersModel(graphOf(architecture), { seed: 1 });
  model.setWeights(
    model.weights.map(({ originalName, shape }) => tf.tensor(valuesOf(weights, originalName), shape as number[])),
  );
  const x = tf.relu(noise(`images ${step}`, [BATCH, 28, 28, 1])) as tf.Tensor4D;
  const labels = tf.tensor1d(
    Array.from({ length: BATCH }, (_, i) => (i * 3 + step) % 10),
    'int32',
  );
  const { value, grads } = tf.variableGrads(() => {
    const logits = model.apply(x, { training: true, random: { seed: 1, step, row: 0 } });
    return softmaxCrossEntropy(logits as tf.Tensor2D, labels).loss;
  });
  const gradients: Values = new Map(
    model.trainableWeights.map((weight) => [
      weight.originalName,
      grads[(weight.read() as tf.Variable).name]?.dataSync().slice() as Float32Array,
    ]),
  );
  const result = { loss: value.dataSync()[0] as number, gradients, weights: weightsOf(model) };
  model.dispose();
  return result;
}

async function initialWeights(backend: Backend, architecture: unknown): Promise<Values> {
  return onBackend(backend, () => {
    const model = toLayersModel(graphOf(architecture), { seed: 1 });
    const weights = weightsOf(model);
    model.dispose();
    return weights;
  });
}

/** Runs work on a backend; its tensors are disposed of. */
async function onBackend<T extends object>(backend: Backend, work: () => T): Promise<T> {
  await startBackend(backend);
  const results: T[] = [];
  tf.tidy(() => void results.push(work()));
  return results[0] as T;
}

function weightsOf(model: LayersModel): Values {
  return new Map(
    model.weights.map((weight) => [weight.originalName, weight.read().dataSync().slice() as Float32Array]),
  );
}

function valuesOf(weights: Values, name: string): Float32Array {
  return weights.get(name) as Float32Array;
}

/** Normals that depend on the name alone. */
function noise(name: string, shape: number[]): tf.Tensor {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  return tf.tensor(randomStream(17, name).fillNormal(values), shape);
}

function spread(sorted: readonly number[] | undefined): string {
  const [median, worst] = [sorted?.[Math.floor(sorted.length / 2)], sorted?.at(-1)];
  return `${median?.toExponential(1)}, ${worst?.toExponential(1)}`;
}

/** A step of gradient descent; statistics have no gradient. */
function descended(weights: Float32Array, gradient: Float32Array | undefined): Float32Array {
  return weights.map((value, i) => value - 0.001 * (gradient?.[i] ?? 0));
}

function sameBits(a: Float32Array | undefined, b: Float32Array): boolean {
  const [left, right] = [a ?? new Float32Array(), b].map((values) => new Uint32Array(values.slice().buffer));
  return left?.length === right?.length && left?.every((value, i) => value === right?.[i]) === true;
}

function norm(values: Float32Array | undefined): number {
  return Math.sqrt((values ?? new Float32Array([Number.NaN])).reduce((sum, value) => sum + value * value, 0));
}

function difference(a: Float32Array | undefined, b: Float32Array): number {
  return norm(a?.map((value, i) => value - (b[i] as number)));
}

function graphOf(architecture: unknown): Graph {
  const { graph, problems } = buildGraph(architecture, { inputShape: [28, 28, 1], classes: 10 });
  expect(problems).toEqual([]);
  return graph as Graph;
}
