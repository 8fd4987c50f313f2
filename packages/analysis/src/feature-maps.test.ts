import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { featureMaps, firstLayerKernels } from './feature-maps.ts';
import { imageTile } from './schema/image-tiles.ts';

beforeAll(async () => {
  await startBackend('cpu');
});

/** 1×1 kernels: the channels are x, −2x and 0. */
function network() {
  const model = sequential({
    layers: [
      layers.dropout({ inputShape: [2, 2, 1], rate: 0.5, name: 'drop' }),
      layers.conv2d({ filters: 3, kernelSize: 1, name: 'conv', useBias: false }),
      layers.maxPooling2d({ poolSize: 2, name: 'pool' }),
      layers.flatten({ name: 'flat' }),
    ],
  });
  model.layers[1]?.setWeights([tf.tensor4d([1, -2, 0], [1, 1, 1, 3])]);
  return model;
}

test('feature maps of each image and channel, with the values that bytes stand for; no tensors are left', async () => {
  const model = network();
  const images = tf.tensor4d([0, 1, 2, 4, 5, 5, 5, 10], [2, 2, 2, 1]);
  const before = tf.memory().numTensors;
  const [drop, conv, pool, ...others] = await featureMaps(model, images, { channels: 2 });
  expect(tf.memory().numTensors).toBe(before);
  expect(others).toEqual([]);
  expect(drop?.images[1]?.[0]).toMatchObject({ min: 5, max: 10 });
  const grey = { height: 2, width: 2, channels: 1 };
  expect(conv).toEqual({
    layer: 'conv',
    channels: 3,
    images: [
      [
        { ...grey, min: 0, max: 4, pixels: Uint8Array.of(0, 64, 128, 255) },
        { ...grey, min: -8, max: 0, pixels: Uint8Array.of(255, 191, 128, 0) },
      ],
      [
        { ...grey, min: 5, max: 10, pixels: Uint8Array.of(0, 0, 0, 255) },
        { ...grey, min: -20, max: -10, pixels: Uint8Array.of(255, 255, 255, 0) },
      ],
    ],
  });
  expect(pool?.images[1]?.[0]).toEqual({ ...grey, height: 1, width: 1, min: 10, max: 10, pixels: Uint8Array.of(0) });
  const [dark] = await featureMaps(model, images, { layers: ['conv'] });
  expect(dark?.images[0]?.[2]).toMatchObject({ min: 0, max: 0, pixels: Uint8Array.of(0, 0, 0, 0) });
  await expect(featureMaps(model, images, { layers: ['flat'] })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[Error: featureMaps: a layer must be one of the model whose output is an image (drop, conv, pool); received "flat".]`,
  );
  await expect(featureMaps(model, images, { channels: 0 })).rejects.toThrowErrorMatchingInlineSnapshot(
    `[RangeError: featureMaps: channels must be a whole number ≥ 1; received 0.]`,
  );
});

test('kernels of the first convolution: grey tiles, in colour for three input channels', async () => {
  expect(await firstLayerKernels(network())).toMatchObject({
    layer: 'conv',
    kernelSize: [1, 1],
    inputChannels: 1,
    filters: 3,
    tiles: [[{ min: 1 }], [{ min: -2 }], [{ min: 0 }]],
  });
  const colour = sequential({
    layers: [
      sequential({
        layers: [
          layers.conv2d({ inputShape: [4, 4, 3], filters: 2, kernelSize: [1, 2], useBias: false, name: 'inside' }),
        ],
      }),
    ],
  });
  // The first filter counts up, the second is −1 everywhere.
  colour.setWeights([tf.tensor4d([0, -1, 1, -1, 2, -1, 3, -1, 4, -1, 5, -1], [1, 2, 3, 2])]);
  const { layer, tiles } = await firstLayerKernels(colour);
  expect(layer).toBe('inside');
  expect(tiles).toEqual([
    [{ height: 1, width: 2, channels: 3, min: 0, max: 5, pixels: Uint8Array.of(0, 51, 102, 153, 204, 255) }],
    [{ height: 1, width: 2, channels: 3, min: -1, max: -1, pixels: new Uint8Array(6) }],
  ]);
  const dense = sequential({ layers: [layers.dense({ inputShape: [2], units: 2 })] });
  await expect(firstLayerKernels(dense)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[Error: firstLayerKernels: the model must have a convolution; there is no kernel of four dimensions.]`,
  );
});

test('a value that is no number is refused with its place', () => {
  const value = (row: number, column: number) => (row === 1 && column === 0 ? Number.NaN : 0);
  expect(() => imageTile([2, 2, 1], value)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: imageTile: a value must be finite; received NaN at row 1, column 0, channel 0.]`,
  );
  expect(() => imageTile([0, 2, 1], value)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: imageTile: height and width must be at least 1; received 0×2.]`,
  );
});
