import { at, ndArray, type NdArray, type ReferenceGiven, weightOf } from '@ablate/layers/contract';
import type {
  Conv2dArgs,
  CoordConv2dArgs,
  DepthwiseConv2dArgs,
  GatedConv2dArgs,
  SeparableConv2dArgs,
  WeightStandardizedConv2dArgs,
} from '@ablate/layers/schema';
import { activate, sigmoid } from './activations.ts';
import { cases, image, type SubjectCases } from './subject-cases.ts';
import { type Sliding, slide } from './windows.ts';

type Multiply = (a: number, b: number) => number;

/** Σ x · kernel + bias over windows. */
export function convolved(
  x: NdArray,
  kernel: NdArray,
  bias: NdArray | undefined,
  window: Sliding,
  multiply: Multiply,
): NdArray {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const filters = kernel.shape[3] ?? 0;
  const places = slide([height, width], window);
  return ndArray([batch, places.rows, places.columns, filters], (n = 0, i = 0, j = 0, f = 0) => {
    let sum = bias === undefined ? 0 : at(bias, f);
    for (const { row, column, a, b } of places.at(i, j).pixels) {
      for (let c = 0; c < channels; c++) sum += multiply(at(x, n, row, column, c), at(kernel, a, b, c, f));
    }
    return sum;
  });
}

function depthwise(
  x: NdArray,
  kernel: NdArray,
  bias: NdArray | undefined,
  window: Sliding,
  multiply: Multiply,
): NdArray {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const multiplier = kernel.shape[3] ?? 0;
  const places = slide([height, width], window);
  return ndArray([batch, places.rows, places.columns, channels * multiplier], (n = 0, i = 0, j = 0, out = 0) => {
    const [c, q] = [Math.floor(out / multiplier), out % multiplier];
    let sum = bias === undefined ? 0 : at(bias, out);
    for (const { row, column, a, b } of places.at(i, j).pixels) {
      sum += multiply(at(x, n, row, column, c), at(kernel, a, b, c, q));
    }
    return sum;
  });
}

const windowOf = ({ kernelSize, strides, dilationRate, padding }: Conv2dArgs): Sliding => ({
  size: kernelSize,
  strides,
  dilation: dilationRate,
  padding,
});
const input = ({ inputs }: Pick<ReferenceGiven, 'inputs'>): NdArray => inputs[0] as NdArray;

function conv2d({ args, weights, multiply, inputs }: ReferenceGiven<Conv2dArgs>): NdArray {
  const y = convolved(input({ inputs }), weightOf({ weights }, 'kernel'), weights['bias'], windowOf(args), multiply);
  return activate(y, args.activation);
}

function weightStandardized(given: ReferenceGiven<WeightStandardizedConv2dArgs>): NdArray {
  const kernel = weightOf(given, 'kernel');
  const [height = 0, width = 0, channels = 0, filters = 0] = kernel.shape;
  const count = height * width * channels;
  const moments = Array.from({ length: filters }, (_, f) => {
    const own = kernel.data.filter((_value, i) => i % filters === f);
    const mean = own.reduce((a, b) => a + b, 0) / count;
    return { mean, variance: own.reduce((a, b) => a + (b - mean) ** 2, 0) / count };
  });
  const standard = ndArray(kernel.shape, (a = 0, b = 0, c = 0, f = 0) => {
    const { mean = 0, variance = 0 } = moments[f] ?? {};
    return (at(kernel, a, b, c, f) - mean) / Math.sqrt(variance + given.args.epsilon);
  });
  return conv2d({ ...given, weights: { ...given.weights, kernel: standard } });
}

function coord(given: ReferenceGiven<CoordConv2dArgs>): NdArray {
  const x = input(given);
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const extra = given.args.withRadius ? 3 : 2;
  const seen = ndArray([batch, height, width, channels + extra], (n = 0, i = 0, j = 0, c = 0) => {
    const row = height === 1 ? 0 : -1 + (2 * i) / (height - 1);
    const column = width === 1 ? 0 : -1 + (2 * j) / (width - 1);
    const coordinates = [row, column, Math.sqrt(row * row + column * column)];
    return c < channels ? at(x, n, i, j, c) : (coordinates[c - channels] as number);
  });
  return conv2d({ ...given, inputs: [seen] });
}

function gated(given: ReferenceGiven<GatedConv2dArgs>): NdArray {
  const { filters, activation } = given.args;
  const both = conv2d({ ...given, args: { ...given.args, activation: null } });
  const half = (from: number) =>
    ndArray([...both.shape.slice(0, 3), filters], (n = 0, i = 0, j = 0, f = 0) => at(both, n, i, j, from + f));
  const [features, gates] = [activate(half(0), activation), half(filters)];
  return { shape: features.shape, data: features.data.map((value, i) => value * sigmoid(gates.data[i] as number)) };
}

const common = [
  { filters: 4, kernelSize: 3 },
  { filters: 2, kernelSize: [3, 2], strides: [2, 1], padding: 'same', useBias: false },
  { filters: 2, kernelSize: 2, dilationRate: 2, activation: 'tanh', kernelInitializer: 'heNormal' },
];
const penalised = {
  kernelRegularizer: { l1: 0.01, l2: 0.02 },
  biasRegularizer: { l2: 0.5 },
  activityRegularizer: { l1: 0.3, l2: 0.7 },
};

export const convolutions = {
  conv2d: {
    reference: conv2d,
    cases: [
      ...cases(image, ...common, {
        filters: 3,
        kernelSize: 1,
        activation: 'relu',
        biasInitializer: 'ones',
        ...penalised,
      }),
      ...cases([1, 1, 2], { filters: 2, kernelSize: 3, padding: 'same', kernelInitializer: 'orthogonal' }),
      ...cases([5, 5, 2], {
        filters: 2,
        kernelSize: 3,
        kernelInitializer: 'pytorchDefault',
        biasInitializer: 'pytorchDefault',
      }),
    ],
    deep: cases(
      [9, 8, 5],
      { filters: 17, kernelSize: 3, padding: 'same', activation: 'relu6' },
      { filters: 16, kernelSize: 5, strides: 2, padding: 'same', activation: 'gelu' },
      { filters: 8, kernelSize: 3, dilationRate: [2, 1], activation: 'softmax' },
    ),
  },
  depthwiseConv2d: {
    reference({ args, weights, inputs, multiply }: ReferenceGiven<DepthwiseConv2dArgs>) {
      const window = { size: args.kernelSize, strides: args.strides, padding: args.padding };
      const kernel = weightOf({ weights }, 'depthwise_kernel');
      return activate(depthwise(input({ inputs }), kernel, weights['bias'], window, multiply), args.activation);
    },
    cases: cases(
      image,
      { kernelSize: 3, depthMultiplier: 2, activation: 'relu' },
      { kernelSize: 3, strides: 2, padding: 'same', useBias: false },
      {
        kernelSize: [1, 3],
        depthwiseRegularizer: { l2: 0.1 },
        activityRegularizer: { l1: 0.3 },
        biasInitializer: 'pytorchDefault',
      },
    ),
    deep: cases([9, 9, 8], { kernelSize: 5, padding: 'same' }, { kernelSize: 3, depthMultiplier: 3 }),
  },
  separableConv2d: {
    reference({ args, weights, inputs, multiply }: ReferenceGiven<SeparableConv2dArgs>) {
      const first = depthwise(
        input({ inputs }),
        weightOf({ weights }, 'depthwise_kernel'),
        undefined,
        windowOf({ ...args, kernelInitializer: 'zeros' }),
        multiply,
      );
      const pointwise = weightOf({ weights }, 'pointwise_kernel');
      const y = convolved(first, pointwise, weights['bias'], { size: 1, strides: 1, padding: 'valid' }, multiply);
      return activate(y, args.activation);
    },
    cases: cases(
      image,
      { filters: 4, kernelSize: 3, activation: 'sigmoid' },
      { filters: 4, kernelSize: 2, dilationRate: 2, padding: 'same' },
      {
        filters: 2,
        kernelSize: 3,
        strides: 2,
        depthMultiplier: 2,
        useBias: false,
        pointwiseRegularizer: { l1: 0.1 },
        activityRegularizer: { l2: 0.7 },
      },
    ),
    deep: cases([8, 9, 6], { filters: 9, kernelSize: 3, padding: 'same', activation: 'relu' }),
  },
  weightStandardizedConv2d: {
    reference: weightStandardized,
    cases: cases(image, ...common, { filters: 3, kernelSize: 1, activation: 'relu', epsilon: 0.01, ...penalised }),
    deep: cases([8, 8, 6], { filters: 8, kernelSize: 3, padding: 'same', activation: 'relu' }),
  },
  coordConv2d: {
    reference: coord,
    cases: [
      ...cases(image, ...common, { filters: 2, kernelSize: 1, withRadius: true, activation: 'relu' }),
      ...cases([1, 4, 1], { filters: 2, kernelSize: 3, padding: 'same' }),
    ],
    deep: cases([9, 8, 5], { filters: 8, kernelSize: 5, withRadius: true, strides: 2, padding: 'same' }),
  },
  gatedConv2d: {
    reference: gated,
    cases: cases(
      image,
      ...common,
      { filters: 3, kernelSize: 2, activation: 'relu' },
      { filters: 3, kernelSize: 1, activation: 'elu' },
    ),
    deep: cases([8, 8, 5], { filters: 7, kernelSize: 3, padding: 'same', activation: 'relu6' }),
  },
} satisfies Record<string, SubjectCases>;
