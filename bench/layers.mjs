// @ts-check
/*
 * npm run bench:layers [-- --only cbam,mish] [--shape 28,28,16] [--batch 64] [--rounds 15] [--kernels]
 * What each layer costs in one thread of wasm, forward and backward, beside a ReLU: medians of alternating rounds.
 * --kernels says of each where its time goes.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createLayer } from '@ablate/layers';
import { allLayerTypes, describeLayer } from '@ablate/layers/schema';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { input, model } from '@tensorflow/tfjs-layers';
import { median } from './blocks.mjs';
import { machine, othersRunning } from './machine.mjs';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    shape: { type: 'string', default: '28,28,16' },
    batch: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '15' },
    kernels: { type: 'boolean', default: false },
  },
});
const shape = flags.shape.split(',').map(Number);
const [batch, rounds] = [Number(flags.batch), Number(flags.rounds)];
const channels = shape.at(-1) ?? 1;

/** Arguments of layers that need some; the others take their defaults. @type {Record<string, Record<string, unknown>[]>} */
const args = {
  ...Object.fromEntries(
    ['conv2d', 'separableConv2d', 'weightStandardizedConv2d', 'coordConv2d', 'gatedConv2d'].map((type) => [
      type,
      [{ filters: channels, kernelSize: 3, padding: 'same' }],
    ]),
  ),
  depthwiseConv2d: [{ kernelSize: 3, padding: 'same' }],
  activation: ['relu', 'elu', 'gelu', 'mish', 'swish', 'tanh'].map((activation) => ({ activation })),
  squeezeExcitation: [{ reduction: 4 }],
  cbam: [{ reduction: 4 }],
  groupNormalization: [{ groups: 4 }],
  channelPadding: [{ channels: channels + 4 }],
  ...Object.fromEntries(['dropout', 'spatialDropout2d', 'dropPath'].map((type) => [type, [{ rate: 0.5 }]])),
  gaussianNoise: [{ stddev: 0.1 }],
  zeroPadding2d: [{ padding: 1 }],
};

await startBackend('wasm');
const inKernels = flags.kernels ? timeKernels() : null;
const wanted = flags.only?.split(',');
const cases = allLayerTypes()
  .filter((type) => describeLayer(type).inputs === 'one' && type !== 'dense' && type !== 'flatten')
  .filter((type) => wanted === undefined || type === 'activation' || wanted.includes(type))
  .flatMap((type) => (args[type] ?? [{}]).map((own) => layerCase(type, own)))
  .filter(({ name }) => wanted === undefined || name === 'activation relu' || wanted.some((one) => name.includes(one)));

for (const { forward, both } of cases) for (const run of [forward, both]) run();
for (let round = 0; round < rounds; round++) {
  for (const one of cases) {
    one.times.forward.push(timed(one.forward));
    one.times.both.push(timed(one.both));
  }
}
const relu = cases.find(({ name }) => name === 'activation relu');
const unit = relu === undefined ? Number.NaN : median(relu.times.both);
process.stdout.write(
  `Input [${[batch, ...shape].join(', ')}], ${rounds} rounds. ${machine()}. ${await othersRunning()}\n\n`,
);
process.stdout.write('| layer | forward: ms | and backward: ms | ÷ ReLU |\n|---|---:|---:|---:|\n');
for (const { name, times } of cases) {
  const [forward, both] = [median(times.forward), median(times.both)];
  process.stdout.write(`| ${name} | ${forward.toFixed(1)} | ${both.toFixed(1)} | ${(both / unit).toFixed(1)} |\n`);
}
if (inKernels !== null) {
  for (const one of cases) {
    inKernels.clear();
    one.both();
    const most = [...inKernels].toSorted(([, a], [, b]) => b.ms - a.ms).slice(0, 8);
    const listed = most.map(([kernel, { ms, calls }]) => `${kernel} ${ms.toFixed(1)} ms (${calls})`);
    process.stdout.write(`\n${one.name}: ${listed.join(', ')}\n`);
  }
}

/**
 * @param {string} type
 * @param {Record<string, unknown>} own
 */
function layerCase(type, own) {
  const name = [type, own['activation']].filter(Boolean).join(' ');
  const x = tf.randomNormal([batch, ...shape], 0, 1, 'float32', 1);
  const layer = createLayer(type, own, name.replace(' ', '_'));
  const start = input({ shape });
  const out = /** @type {import('@tensorflow/tfjs-layers').SymbolicTensor} */ (layer.apply(start));
  // Builds its weights, and keeps them.
  const net = model({ inputs: start, outputs: out });
  const dy = tf.randomNormal([batch, ...out.shape.slice(1).map(Number)], 0, 1, 'float32', 2);
  const variables = net.trainableWeights.map((weight) => /** @type {tf.Variable} */ (weight.read()));
  const call = () => /** @type {tf.Tensor} */ (layer.call(x, { training: true, step: 1, seed: 1 }));
  const watched = [x, ...variables];
  return {
    name,
    times: { forward: /** @type {number[]} */ ([]), both: /** @type {number[]} */ ([]) },
    forward: () => tf.tidy(() => void call()),
    both: () =>
      tf.tidy(() => {
        tf.dispose(tf.engine().gradients(call, watched, dy, true).grads);
      }),
  };
}

/** @param {() => void} run */
function timed(run) {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** Time and calls by kernel, from now on. @returns {Map<string, { ms: number, calls: number }>} */
function timeKernels() {
  const spent = new Map();
  for (const kernel of tf.getKernelsForBackend('wasm')) {
    tf.unregisterKernel(kernel.kernelName, 'wasm');
    tf.registerKernel({
      ...kernel,
      kernelFunc(call) {
        const start = performance.now();
        const result = kernel.kernelFunc(call);
        const { ms, calls } = spent.get(kernel.kernelName) ?? { ms: 0, calls: 0 };
        spent.set(kernel.kernelName, { ms: ms + performance.now() - start, calls: calls + 1 });
        return result;
      },
    });
  }
  return spent;
}
