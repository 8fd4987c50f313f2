import { at, ndArray, type NdArray, type ReferenceGiven, weightOf } from '@ablate/layers/contract';
import {
  type ActivationLayerArgs,
  activationNames,
  type ChannelPaddingArgs,
  type DenseArgs,
  type GeluArgs,
  type LeakyReLUArgs,
  type ZeroPadding2dArgs,
} from '@ablate/layers/schema';
import { activate, erf, map, sigmoid } from './activations.ts';
import { product } from './attention.ts';
import { cases, image, type SubjectCases } from './subject-cases.ts';

const x = ({ inputs }: Pick<ReferenceGiven, 'inputs'>): NdArray => inputs[0] as NdArray;

/** [top, left, bottom, right] of zeroPadding2d. */
function framed(padding: ZeroPadding2dArgs['padding']): number[] {
  const [vertical, horizontal] = typeof padding === 'number' ? [padding, padding] : padding;
  const both = (side: number | [number, number]) => (typeof side === 'number' ? [side, side] : side);
  const [[top = 0, bottom = 0], [left = 0, right = 0]] = [both(vertical), both(horizontal)];
  return [top, left, bottom, right];
}

export const coreLayers = {
  dense: {
    reference: ({ args, weights, inputs, multiply }: ReferenceGiven<DenseArgs>) =>
      activate(product(x({ inputs }), weightOf({ weights }, 'kernel'), weights['bias'], multiply), args.activation),
    cases: [
      ...cases(
        [11],
        { units: 5, activation: 'relu6' },
        { units: 5, activation: 'softmax', kernelInitializer: 'leCunUniform' },
        { units: 4, kernelInitializer: 'pytorchDefault', biasInitializer: 'pytorchDefault' },
        {
          units: 4,
          kernelInitializer: 'orthogonal',
          kernelRegularizer: { l2: 0.001 },
          biasRegularizer: { l1: 1 },
          activityRegularizer: { l1: 0.3, l2: 0.7 },
        },
      ),
      ...cases([1], { units: 3, useBias: false }),
    ],
    deep: activationNames.flatMap((activation) => cases([17], { units: 9, activation })),
  },
  flatten: {
    reference: (given) => ({
      shape: [x(given).shape[0] ?? 0, x(given).data.length / (x(given).shape[0] ?? 1)],
      data: x(given).data,
    }),
    cases: cases(image, {}),
  },
  activation: {
    reference: ({ args, inputs }: ReferenceGiven<ActivationLayerArgs>) => activate(x({ inputs }), args.activation),
    cases: activationNames.flatMap((activation) => cases([2, 3, 3], { activation })),
  },
  leakyReLU: {
    reference: ({ args, inputs }: ReferenceGiven<LeakyReLUArgs>) =>
      map(x({ inputs }), (value) => (value < 0 ? args.alpha * value : value)),
    cases: cases(image, { alpha: 0.2 }, {}),
  },
  prelu: {
    reference(given: ReferenceGiven) {
      const alpha = weightOf(given, 'alpha');
      const channels = alpha.data.length;
      return {
        shape: x(given).shape,
        data: x(given).data.map((value, i) => (value < 0 ? (alpha.data[i % channels] as number) * value : value)),
      };
    },
    cases: [...cases(image, {}, { alpha: -0.5 }), ...cases([9], { alpha: 0 })],
  },
  mish: { reference: (given) => activate(x(given), 'mish'), cases: [...cases(image, {}), ...cases([9], {})] },
  swish: {
    reference(given: ReferenceGiven) {
      const beta = weightOf(given, 'beta');
      const { shape, data } = x(given);
      return {
        shape,
        data: data.map((value, i) => value * sigmoid((beta.data[i % beta.data.length] as number) * value)),
      };
    },
    cases: [...cases(image, {}, { perChannel: true }), ...cases([9], { perChannel: true })],
  },
  gelu: {
    reference: ({ args, inputs }: ReferenceGiven<GeluArgs>) =>
      map(x({ inputs }), (value) => {
        const inner = Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3);
        return (value * (1 + (args.approximate ? Math.tanh(inner) : erf(value / Math.SQRT2)))) / 2;
      }),
    cases: cases(image, {}, { approximate: true }),
  },
  squaredRelu: {
    reference: (given) => map(x(given), (value) => (value > 0 ? value * value : 0)),
    cases: cases(image, {}),
  },
  zeroPadding2d: {
    reference({ args, inputs }: ReferenceGiven<ZeroPadding2dArgs>) {
      const [top = 0, left = 0, bottom = 0, right = 0] = framed(args.padding);
      const [batch = 0, height = 0, width = 0, channels = 0] = x({ inputs }).shape;
      return ndArray([batch, height + top + bottom, width + left + right, channels], (n = 0, i = 0, j = 0, c = 0) =>
        at(x({ inputs }), n, i - top, j - left, c),
      );
    },
    cases: cases(
      image,
      {},
      { padding: [1, 2] },
      {
        padding: [
          [0, 1],
          [2, 1],
        ],
      },
    ),
  },
  channelPadding: {
    reference({ args, inputs }: ReferenceGiven<ChannelPaddingArgs>) {
      return ndArray([...x({ inputs }).shape.slice(0, 3), args.channels], (...index) => at(x({ inputs }), ...index));
    },
    cases: cases(image, { channels: 5 }, { channels: 3 }),
  },
  add: {
    reference: ({ inputs }) => ({
      shape: x({ inputs }).shape,
      data: x({ inputs }).data.map((_, i) => inputs.reduce((sum, { data }) => sum + (data[i] as number), 0)),
    }),
    cases: cases([image, image, image], {}),
  },
  concatenate: {
    reference({ inputs }) {
      const [first, second] = inputs as [NdArray, NdArray];
      const [batch = 0, height = 0, width = 0, channels = 0] = first.shape;
      return ndArray([batch, height, width, channels + (second.shape[3] ?? 0)], (n = 0, i = 0, j = 0, c = 0) =>
        c < channels ? at(first, n, i, j, c) : at(second, n, i, j, c - channels),
      );
    },
    cases: cases([image, [6, 7, 2]], {}),
  },
} satisfies Record<string, SubjectCases>;
