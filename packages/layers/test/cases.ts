import type { LayerType, Shape } from '@ablate/layers/schema';

/** A layer with arguments and the shapes of its inputs, small enough for finite differences. */
export interface Case {
  type: LayerType;
  args: Record<string, unknown>;
  inputs: Shape[];
}

const image: Shape = [6, 7, 3];

/** What every layer of the contract is tried with. */
export const cases: Case[] = [
  { type: 'conv2d', args: { filters: 4, kernelSize: 3 }, inputs: [image] },
  {
    type: 'conv2d',
    args: { filters: 2, kernelSize: [3, 2], strides: [2, 1], padding: 'same', useBias: false },
    inputs: [image],
  },
  {
    type: 'conv2d',
    args: { filters: 2, kernelSize: 2, dilationRate: 2, activation: 'tanh', kernelInitializer: 'heNormal' },
    inputs: [image],
  },
  { type: 'conv2d', args: { filters: 3, kernelSize: 1, activation: 'relu', biasInitializer: 'ones' }, inputs: [image] },
  { type: 'depthwiseConv2d', args: { kernelSize: 3, depthMultiplier: 2, activation: 'relu' }, inputs: [image] },
  { type: 'depthwiseConv2d', args: { kernelSize: 3, strides: 2, padding: 'same', useBias: false }, inputs: [image] },
  { type: 'separableConv2d', args: { filters: 4, kernelSize: 3, activation: 'sigmoid' }, inputs: [image] },
  { type: 'separableConv2d', args: { filters: 4, kernelSize: 2, dilationRate: 2, padding: 'same' }, inputs: [image] },
  { type: 'dense', args: { units: 5, activation: 'relu6' }, inputs: [[11]] },
  { type: 'dense', args: { units: 5, activation: 'softmax', kernelInitializer: 'leCunUniform' }, inputs: [[11]] },
  { type: 'dense', args: { units: 3, useBias: false }, inputs: [[1]] },
  { type: 'flatten', args: {}, inputs: [image] },
  { type: 'activation', args: { activation: 'relu' }, inputs: [image] },
  { type: 'leakyReLU', args: { alpha: 0.2 }, inputs: [image] },
  { type: 'dropout', args: { rate: 0.4 }, inputs: [image] },
  { type: 'batchNormalization', args: {}, inputs: [image] },
  { type: 'batchNormalization', args: { momentum: 0.9, epsilon: 1e-5 }, inputs: [[9]] },
  { type: 'batchNormalization', args: { scale: false, center: false }, inputs: [image] },
  { type: 'maxPooling2d', args: {}, inputs: [image] },
  { type: 'maxPooling2d', args: { poolSize: 3, strides: 2, padding: 'same' }, inputs: [image] },
  { type: 'averagePooling2d', args: { poolSize: [2, 3] }, inputs: [image] },
  { type: 'averagePooling2d', args: { poolSize: 3, strides: 2, padding: 'same' }, inputs: [image] },
  { type: 'globalAveragePooling2d', args: {}, inputs: [image] },
  { type: 'globalMaxPooling2d', args: {}, inputs: [image] },
  { type: 'zeroPadding2d', args: {}, inputs: [image] },
  {
    type: 'zeroPadding2d',
    args: {
      padding: [
        [0, 1],
        [2, 1],
      ],
    },
    inputs: [image],
  },
  { type: 'add', args: {}, inputs: [image, image, image] },
  { type: 'concatenate', args: {}, inputs: [image, [6, 7, 2]] },
];
