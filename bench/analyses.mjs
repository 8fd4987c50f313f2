// @ts-check
/*
 * npm run bench:analyses [-- --network cnn] [--rounds 9] [--examples 10000]
 * What the analyses of a finished run cost, without reading its files and writing theirs: medians of processor time. Scores
 * are random, ten classes; images are random, as many as the analysis takes by itself.
 */
import { parseArgs } from 'node:util';
import { effectiveReceptiveField, featureMaps, firstLayerKernels, measureLatency } from '@ablate/analysis';
import {
  calibration,
  classReport,
  confusionMatrix,
  mostWrong,
  networkOfGraph,
  precisionRecallReport,
  receptiveFields,
  rocReport,
  summarize,
  unproductiveLayers,
} from '@ablate/analysis/schema';
import { toLayersModel } from '@ablate/architectures';
import { randomStream } from '@ablate/random';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { median } from './blocks.mjs';
import { machine } from './machine.mjs';
import { networks } from './networks.mjs';

const CLASSES = 10;

const { values: options } = parseArgs({
  options: {
    network: { type: 'string', default: 'cnn' },
    rounds: { type: 'string', default: '9' },
    examples: { type: 'string', default: '10000' },
  },
});
const [rounds, examples] = [Number(options.rounds), Number(options.examples)];

await startBackend('wasm');
const graphs = await networks();
const graph = graphs.get(options.network);
if (graph === undefined) throw new Error(`unknown network "${options.network}": ${[...graphs.keys()].join(', ')}`);
const model = toLayersModel(graph, { seed: 1 });
const { inputShape } = graph;
const labels = Int32Array.from({ length: examples }, (_, example) => example % CLASSES);
const scores = { labels, probabilities: randomScores(), classes: CLASSES };
const predictions = labels.map((_, example) => top(scores.probabilities, example));

/** @type {[name: string, about: string, run: () => unknown][]} */
const analyses = [
  ['parameters', 'the graph', () => [summarize(graph), unproductiveLayers(networkOfGraph(graph))]],
  ['receptive-field', 'the graph', () => receptiveFields(graph)],
  ['confusion-matrix', scored(), () => classReport(confusionMatrix(labels, predictions, CLASSES))],
  ['roc', scored(), () => rocReport(scores)],
  ['precision-recall', scored(), () => precisionRecallReport(scores)],
  ['calibration', scored(), () => calibration(scores)],
  ['most-wrong', scored(), () => mostWrong(scores, 16)],
  ['feature-maps', '4 images, all layers', () => withImages(4, (images) => featureMaps(model, images))],
  ['first-layer-kernels', 'the model', () => firstLayerKernels(model)],
  ['effective-receptive-field', '64 images', () => withImages(64, (images) => effectiveReceptiveField(model, images))],
  ['timing', '120 batches of 64, 120 images', () => measureLatency(model, { inputShape })],
];

console.log(`${machine()}; ${options.network}, medians of ${rounds} rounds; processor time`);
console.log(`${'analysis'.padEnd(28)}${'of'.padEnd(32)}${'ms'.padStart(10)}`);
for (const [name, about, run] of analyses) {
  const taken = [];
  // A measurement of 240 predictions needs no median.
  for (let round = -1; round < (name === 'timing' ? 1 : rounds); round++) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    if (round >= 0) taken.push((user + system) / 1000);
  }
  console.log(`${name.padEnd(28)}${about.padEnd(32)}${median(taken).toFixed(2).padStart(10)}`);
}

function scored() {
  return `${examples} examples, ${CLASSES} classes`;
}

function randomScores() {
  const logits = randomStream(1, 'scores').fillNormal(new Float32Array(examples * CLASSES), 0, 2);
  return tf.tidy(() => /** @type {Float32Array} */ (tf.softmax(tf.tensor2d(logits, [examples, CLASSES])).dataSync()));
}

/** @param {Float32Array} probabilities @param {number} example */
function top(probabilities, example) {
  const row = probabilities.subarray(example * CLASSES, (example + 1) * CLASSES);
  return row.indexOf(Math.max(...row));
}

/**
 * @template T
 * @param {number} count
 * @param {(images: tf.Tensor4D) => Promise<T>} use
 */
async function withImages(count, use) {
  const images = tf.randomNormal([count, ...inputShape], 0, 1, 'float32', 1);
  try {
    return await use(/** @type {tf.Tensor4D} */ (images));
  } finally {
    images.dispose();
  }
}
