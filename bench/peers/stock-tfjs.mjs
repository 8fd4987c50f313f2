// @ts-check
/*
 * A peer of the step benchmark: TensorFlow.js as it comes, with tf.layers and trainOnBatch.
 * node stock-tfjs.mjs NETWORK BATCH cpu|wasm|node; `node` needs a folder that has tfjs-node installed (--tfjs-node).
 * For each line with a number on its input it takes that many steps, and prints their milliseconds as JSON.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [network = 'cnn', batchText = '64', backend = 'cpu', folder] = process.argv.slice(2);
const batch = Number(batchText);
const require = createRequire(folder === undefined ? import.meta.url : join(folder, 'package.json'));
const tf = require('@tensorflow/tfjs-core');
const { layers, model: modelOf, input } = require('@tensorflow/tfjs-layers');
const native = backend === 'node' ? require('@tensorflow/tfjs-node') : undefined;
if (native === undefined) require(`@tensorflow/tfjs-backend-${backend}`);
tf.env().set('PROD', true);
if (!(await tf.setBackend(backend === 'node' ? 'tensorflow' : backend))) throw new Error(`no backend ${backend}`);

const image = input({ shape: [28, 28, 1] });
/** @type {Record<string, () => unknown>} */
const builders = {
  fc: () =>
    chain(image, [
      layers.flatten(),
      ...[64, 256].flatMap((units) => [
        layers.dense({ units }),
        layers.batchNormalization(),
        layers.activation({ activation: 'relu' }),
        layers.dropout({ rate: 0.5 }),
      ]),
    ]),
  cnn: () =>
    chain(image, [
      ...[32, 64].flatMap((filters) => [
        layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' }),
        layers.maxPooling2d({ poolSize: 2 }),
      ]),
      layers.flatten(),
      layers.dropout({ rate: 0.5 }),
    ]),
  residual: () => {
    const conv = (/** @type {number} */ kernelSize) =>
      layers.conv2d({ filters: 64, kernelSize, padding: 'same', useBias: false });
    const bn = () => layers.batchNormalization();
    const relu = () => layers.activation({ activation: 'relu' });
    const main = chain(image, [conv(3), bn(), relu(), conv(3), bn()]);
    const sum = layers.add().apply([main, chain(image, [conv(1), bn()])]);
    return chain(sum, [
      bn(),
      relu(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dropout({ rate: 0.5 }),
    ]);
  },
};
const build = builders[network];
if (build === undefined) throw new Error(`unknown network ${network}: ${Object.keys(builders).join(', ')}`);
const model = modelOf({ inputs: image, outputs: layers.dense({ units: 10, activation: 'softmax' }).apply(build()) });
model.compile({ optimizer: tf.train.adam(1e-3, 0.9, 0.999, 1e-8), loss: 'categoricalCrossentropy' });
const x = tf.randomNormal([batch, 28, 28, 1]);
const y = tf.oneHot(
  Array.from({ length: batch }, (_, i) => i % 10),
  10,
);

// It may run on another TensorFlow than the one it was released with.
const library = native === undefined ? '' : ` on TensorFlow ${native.backend().binding.TF_Version}`;
say({ version: `${tf.version_core}${library}`, parameters: model.trainableWeights.reduce(countValues, 0) });
for await (const line of createInterface({ input: process.stdin })) {
  const times = [];
  for (let step = 0; step < Number(line); step++) {
    const start = performance.now();
    await model.trainOnBatch(x, y);
    times.push(performance.now() - start);
  }
  say(times);
}

/** @param {number} sum @param {{ shape: number[] }} weight */
function countValues(sum, { shape }) {
  return sum + shape.reduce((a, b) => a * b, 1);
}

/** @param {unknown} start @param {{ apply(x: unknown): unknown }[]} list */
function chain(start, list) {
  return list.reduce((x, layer) => layer.apply(x), start);
}

/** @param {unknown} value */
function say(value) {
  console.log(JSON.stringify(value));
}
