import { createLayer, type RandomPlace } from '@ablate/layers';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { noiseTensor } from './models.ts';

/* A layer that draws random numbers draws for a shard what it draws for the same rows of the whole batch, to the bit. */

const ROWS = 11;
const layers: [type: string, args: Record<string, unknown>][] = [
  ['dropout', { rate: 0.4 }],
  ['spatialDropout2d', { rate: 0.4 }],
  ['dropPath', { rate: 0.4 }],
  ['gaussianNoise', { stddev: 0.3 }],
  ['stochasticPooling2d', { poolSize: 2 }],
];
const splits = [[0, 5], [0, 1, 2, 10], [0, 4, 4, 8], Array.from({ length: ROWS }, (_, row) => row)];
const place: RandomPlace = { seed: 3, step: 2 ** 33 + 5, row: 6 };

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend);
  });

  test.each(layers)('%s: output and gradient of shards are those of the whole batch', (type, args) => {
    const x = noiseTensor([ROWS, 6, 4, 5], 'x') as tf.Tensor4D;
    const whole = outputAndGradient(type, args, x, place);
    expect(outputAndGradient(type, args, x, { ...place, row: 7 })).not.toEqual(whole);
    for (const starts of splits) {
      const shards = starts.map((start, i) => {
        const rows = (starts[i + 1] ?? ROWS) - start;
        return outputAndGradient(type, args, tf.slice(x, start, rows), { ...place, row: place.row + start });
      });
      expect(shards.flatMap(({ y }) => y)).toEqual(whole.y);
      expect(shards.flatMap(({ gradient }) => gradient)).toEqual(whole.gradient);
    }
  });
});

test.each(layers)('%s: cpu and wasm draw the same', async (type, args) => {
  const outputs: number[][] = [];
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    const x = noiseTensor([ROWS, 6, 4, 5], 'x') as tf.Tensor4D;
    // Which elements are kept, and how they are scaled.
    outputs.push(outputAndGradient(type, args, x, place).gradient);
  }
  expect(outputs[0]).toEqual(outputs[1]);
});

/** Every row of both, in order; a layer as a replica makes it. */
function outputAndGradient(type: string, args: Record<string, unknown>, x: tf.Tensor4D, random: RandomPlace) {
  const layer = createLayer(type, args, 'block1/random');
  const call = (image: tf.Tensor) => layer.call(image, { training: true, random }) as tf.Tensor;
  const gradient = tf.grad((image: tf.Tensor) => tf.sum(call(image)))(x);
  return { y: [...call(x).dataSync()], gradient: [...gradient.dataSync()] };
}
