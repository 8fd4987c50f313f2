import { describe, expect, test } from 'vitest';
import type { Shape } from './descriptor.ts';
import { describeLayer, layerDescriptors, layerTypes } from './layer-descriptors.ts';

const image: Shape = [28, 28, 3];

/** Shapes, weights and MACs worked out by hand. */
const known: [
  type: string,
  args: object,
  inputs: Shape[],
  { output: Shape; weights?: Record<string, Shape>; macs?: number },
][] = [
  [
    'conv2d',
    { filters: 8, kernelSize: 5 },
    [image],
    { output: [24, 24, 8], weights: { kernel: [5, 5, 3, 8], bias: [8] }, macs: 24 * 24 * 5 * 5 * 3 * 8 },
  ],
  [
    'conv2d',
    { filters: 8, kernelSize: [3, 5], strides: 2, padding: 'same', useBias: false },
    [[27, 28, 1]],
    { output: [14, 14, 8], weights: { kernel: [3, 5, 1, 8] }, macs: 14 * 14 * 15 * 8 },
  ],
  [
    'conv2d',
    { filters: 2, kernelSize: 3, dilationRate: 2 },
    [[9, 8, 1]],
    { output: [5, 4, 2], weights: { kernel: [3, 3, 1, 2], bias: [2] }, macs: 5 * 4 * 9 * 2 },
  ],
  [
    'depthwiseConv2d',
    { kernelSize: 3, depthMultiplier: 2 },
    [image],
    { output: [26, 26, 6], weights: { depthwise_kernel: [3, 3, 3, 2], bias: [6] }, macs: 26 * 26 * 9 * 6 },
  ],
  [
    'separableConv2d',
    { filters: 4, kernelSize: 3, padding: 'same' },
    [image],
    {
      output: [28, 28, 4],
      weights: { depthwise_kernel: [3, 3, 3, 1], pointwise_kernel: [1, 1, 3, 4], bias: [4] },
      macs: 28 * 28 * (9 * 3 + 3 * 4),
    },
  ],
  ['dense', { units: 10 }, [[64]], { output: [10], weights: { kernel: [64, 10], bias: [10] }, macs: 640 }],
  ['flatten', {}, [image], { output: [2352] }],
  ['activation', { activation: 'relu' }, [image], { output: image }],
  ['leakyReLU', {}, [image], { output: image }],
  ['dropout', { rate: 0.5 }, [image], { output: image }],
  [
    'batchNormalization',
    {},
    [image],
    { output: image, weights: { gamma: [3], beta: [3], moving_mean: [3], moving_variance: [3] } },
  ],
  [
    'batchNormalization',
    { scale: false, center: false },
    [[7]],
    { output: [7], weights: { moving_mean: [7], moving_variance: [7] } },
  ],
  ['maxPooling2d', {}, [[7, 8, 3]], { output: [3, 4, 3] }],
  ['maxPooling2d', { poolSize: 3, strides: 2, padding: 'same' }, [[7, 8, 3]], { output: [4, 4, 3] }],
  ['averagePooling2d', { poolSize: [1, 4] }, [image], { output: [28, 7, 3] }],
  ['globalAveragePooling2d', {}, [image], { output: [3] }],
  ['globalMaxPooling2d', {}, [image], { output: [3] }],
  ['zeroPadding2d', {}, [image], { output: [30, 30, 3] }],
  ['zeroPadding2d', { padding: [1, 2] }, [image], { output: [30, 32, 3] }],
  [
    'zeroPadding2d',
    {
      padding: [
        [0, 1],
        [2, 3],
      ],
    },
    [image],
    { output: [29, 33, 3] },
  ],
  ['channelPadding', { channels: 5 }, [image], { output: [28, 28, 5] }],
  [
    'weightStandardizedConv2d',
    { filters: 8, kernelSize: 5 },
    [image],
    { output: [24, 24, 8], weights: { kernel: [5, 5, 3, 8], bias: [8] }, macs: 24 * 24 * 25 * 3 * 8 },
  ],
  [
    'coordConv2d',
    { filters: 8, kernelSize: 5 },
    [image],
    { output: [24, 24, 8], weights: { kernel: [5, 5, 5, 8], bias: [8] }, macs: 24 * 24 * 25 * 5 * 8 },
  ],
  [
    'coordConv2d',
    { filters: 8, kernelSize: 1, withRadius: true, useBias: false },
    [image],
    { output: [28, 28, 8], weights: { kernel: [1, 1, 6, 8] }, macs: 28 * 28 * 6 * 8 },
  ],
  [
    'gatedConv2d',
    { filters: 8, kernelSize: 3, padding: 'same' },
    [image],
    { output: [28, 28, 8], weights: { kernel: [3, 3, 3, 16], bias: [16] }, macs: 28 * 28 * 9 * 3 * 16 },
  ],
  ['mish', {}, [image], { output: image }],
  ['gelu', {}, [image], { output: image }],
  ['squaredRelu', {}, [image], { output: image }],
  ['swish', {}, [image], { output: image, weights: { beta: [1] } }],
  ['swish', { perChannel: true }, [image], { output: image, weights: { beta: [3] } }],
  ['prelu', {}, [image], { output: image, weights: { alpha: [1, 1, 3] } }],
  ['prelu', {}, [[7]], { output: [7], weights: { alpha: [7] } }],
  [
    'squeezeExcitation',
    {},
    [[8, 8, 40]],
    {
      output: [8, 8, 40],
      weights: { squeeze_kernel: [40, 3], squeeze_bias: [3], excitation_kernel: [3, 40], excitation_bias: [40] },
      macs: 2 * 40 * 3,
    },
  ],
  [
    'cbam',
    { reduction: 8 },
    [[8, 8, 40]],
    {
      output: [8, 8, 40],
      weights: {
        squeeze_kernel: [40, 5],
        squeeze_bias: [5],
        excitation_kernel: [5, 40],
        excitation_bias: [40],
        spatial_kernel: [7, 7, 2, 1],
      },
      macs: 4 * 40 * 5 + 64 * 49 * 2,
    },
  ],
  // The paper's table of adaptive sizes: 64 channels 3, 512 channels 5.
  [
    'efficientChannelAttention',
    {},
    [[8, 8, 64]],
    { output: [8, 8, 64], weights: { kernel: [3, 1, 1, 1] }, macs: 64 * 3 },
  ],
  [
    'efficientChannelAttention',
    {},
    [[8, 8, 512]],
    { output: [8, 8, 512], weights: { kernel: [5, 1, 1, 1] }, macs: 512 * 5 },
  ],
  [
    'selfAttention2d',
    {},
    [[4, 5, 6]],
    {
      output: [4, 5, 6],
      weights: { query_kernel: [6, 3], key_kernel: [6, 3], value_kernel: [6, 3], output_kernel: [3, 6] },
      macs: 4 * 20 * 6 * 3 + 2 * 20 * 20 * 3,
    },
  ],
  ['spatialDropout2d', { rate: 0.5 }, [image], { output: image }],
  ['dropPath', { rate: 0.5 }, [image], { output: image }],
  ['gaussianNoise', { stddev: 0.5 }, [image], { output: image }],
  ['groupNormalization', { groups: 3 }, [image], { output: image, weights: { gamma: [3], beta: [3] } }],
  ['layerNormalization', {}, [image], { output: image, weights: { gamma: [3], beta: [3] } }],
  ['generalizedMeanPooling2d', {}, [image], { output: [3], weights: { p: [3] } }],
  ['mixedPooling2d', {}, [[7, 8, 3]], { output: [3, 4, 3], weights: { mix: [1] } }],
  ['lpPooling2d', { poolSize: 3, strides: 2, padding: 'same' }, [[7, 8, 3]], { output: [4, 4, 3] }],
  ['blurPooling2d', {}, [[7, 8, 3]], { output: [4, 4, 3], macs: 16 * 9 * 3 }],
  ['stochasticPooling2d', {}, [[7, 8, 3]], { output: [3, 4, 3] }],
  ['add', {}, [image, image, image], { output: image }],
  ['concatenate', {}, [image, [28, 28, 5]], { output: [28, 28, 8] }],
];

describe.each(known)('%s %j on %j', (type, args, inputs, { output, weights = {}, macs = 0 }) => {
  const descriptor = describeLayer(type);
  const complete = descriptor.args.parse(args);

  test('output, weights and MACs are those worked out by hand', () => {
    expect(descriptor.outputShape(complete, inputs)).toEqual(output);
    expect(Object.fromEntries(descriptor.weights(complete, inputs).map((w) => [w.name, w.shape]))).toEqual(weights);
    expect(descriptor.macs(complete, inputs)).toBe(macs);
  });
});

test('every layer is in the table above', () => {
  expect(new Set(known.map(([type]) => type))).toEqual(new Set(layerTypes));
});

test.each(layerTypes)('%s is registered under its own name and takes no unknown argument', (type) => {
  const descriptor = describeLayer(type);
  expect(descriptor.type).toBe(type);
  const [, args] = known.find(([name]) => name === type) ?? [];
  expect(descriptor.args.safeParse({ ...args, kernalSize: 3 }).error?.issues[0]?.message).toContain('kernalSize');
  expect(Object.keys({ ...args, none: 0 })).toContain(descriptor.width ?? 'none');
});

test('complete arguments are their own completion', () => {
  for (const [type, args] of known) {
    const { args: schema } = describeLayer(type);
    expect(schema.parse(schema.parse(args))).toEqual(schema.parse(args));
  }
});

test('defaults are those of tf.layers', () => {
  expect(layerDescriptors.conv2d.args.parse({ filters: 1, kernelSize: 3 })).toEqual({
    filters: 1,
    kernelSize: 3,
    strides: 1,
    padding: 'valid',
    dilationRate: 1,
    activation: null,
    useBias: true,
    kernelInitializer: 'glorotUniform',
    biasInitializer: 'zeros',
  });
  expect(layerDescriptors.batchNormalization.args.parse({})).toMatchObject({ momentum: 0.99, epsilon: 1e-3 });
});

test.each([
  ['dropout', { rate: 5 }],
  ['dropPath', { rate: 1 }],
  ['efficientChannelAttention', { kernelSize: 4 }],
  ['lpPooling2d', { p: 0.5 }],
  ['dense', { units: 3, kernelRegularizer: { l2: -1 } }],
  ['dropout', { rate: 1 }],
  ['conv2d', { filters: 0, kernelSize: 3 }],
  ['conv2d', { filters: 2.5, kernelSize: 3 }],
  ['conv2d', { filters: 2, kernelSize: [3, 3, 3] }],
  ['conv2d', { filters: 2, kernelSize: 3, strides: 2, dilationRate: 2 }],
  ['dense', { units: 3, activation: 'rellu' }],
])('%s refuses %j', (type, args) => {
  expect(describeLayer(type).args.safeParse(args).success).toBe(false);
});

describe('shapes that a layer cannot take', () => {
  const refusal = (type: string, args: object, ...inputs: Shape[]): string => {
    const descriptor = describeLayer(type);
    try {
      return `no error: ${descriptor.outputShape(descriptor.args.parse(args), inputs).join()}`;
    } catch (error) {
      return String(error);
    }
  };

  test('a kernel larger than the image', () => {
    expect(refusal('conv2d', { filters: 1, kernelSize: 7 }, [5, 5, 1])).toMatchInlineSnapshot(
      `"ShapeError: conv2d: kernelSize 7×7 with padding "valid" leaves no pixels of a 5×5 input. Use padding "same" or a smaller kernel."`,
    );
    expect(refusal('conv2d', { filters: 1, kernelSize: 3, dilationRate: 3 }, [6, 9, 1])).toMatchInlineSnapshot(
      `"ShapeError: conv2d: kernelSize 3×3 at dilationRate 3×3 with padding "valid" leaves no pixels of a 6×9 input. Use padding "same" or a smaller kernel."`,
    );
  });

  test('groups that do not divide the channels', () => {
    expect(refusal('groupNormalization', {}, image)).toMatchInlineSnapshot(
      `"ShapeError: groupNormalization: channels (=3) must be divisible by groups (=32). Use fewer groups or another number of channels."`,
    );
  });

  test('a pool larger than the image', () => {
    expect(refusal('maxPooling2d', {}, [1, 4, 8])).toMatchInlineSnapshot(
      `"ShapeError: maxPooling2d: poolSize 2×2 with padding "valid" leaves no pixels of a 1×4 input. Use padding "same" or a smaller pool."`,
    );
  });

  test('dense on images, convolution on rows', () => {
    expect(refusal('dense', { units: 10 }, image)).toMatchInlineSnapshot(
      `"ShapeError: dense: the input must be one row of numbers [n]; received [28, 28, 3]. Put flatten or globalAveragePooling2d before it."`,
    );
    expect(refusal('conv2d', { filters: 1, kernelSize: 3 }, [10])).toMatchInlineSnapshot(
      `"ShapeError: conv2d: the input must be an image [height, width, channels]; received [10]. Put it before flatten, dense and global pooling."`,
    );
  });

  test('inputs that do not fit together', () => {
    expect(refusal('add', {}, [14, 14, 32], [14, 14, 64])).toMatchInlineSnapshot(
      `"ShapeError: add: all inputs must have one shape; received [14, 14, 32] and [14, 14, 64]. Give the shorter branch a conv2d with kernelSize 1 and the same filters and strides as the longer one."`,
    );
    expect(refusal('concatenate', {}, [14, 14, 32], [7, 7, 32])).toMatchInlineSnapshot(
      `"ShapeError: concatenate: inputs must be equal but for their channels; received [14, 14, 32] and [7, 7, 32]. Use padding "same" and equal strides in all branches."`,
    );
    expect(refusal('add', {}, image)).toMatchInlineSnapshot(
      `"ShapeError: add: takes at least two inputs; received 1. Give it another branch or remove it."`,
    );
    expect(refusal('flatten', {}, image, image)).toMatchInlineSnapshot(
      `"ShapeError: flatten: takes one input; received 2. Use add or concatenate to merge several into one."`,
    );
  });
});

test('an unknown layer is an error that lists the layers', () => {
  expect(() => describeLayer('Con2d')).toThrow('unknown layer "Con2d". The layers are: conv2d, depthwiseConv2d,');
  expect(() => describeLayer('toString')).toThrow('unknown layer "toString"');
});
