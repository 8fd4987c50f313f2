import { at, ndArray, type NdArray, type ReferenceGiven, weightOf } from '@ablate/layers/contract';
import type {
  BlurPooling2dArgs,
  GeneralizedMeanPooling2dArgs,
  LpPooling2dArgs,
  PoolArgs,
  StochasticPooling2dArgs,
} from '@ablate/layers/schema';
import { sigmoid } from './activations.ts';
import { uniformOf } from './regularization.ts';
import { cases, image, type SubjectCases } from './subject-cases.ts';
import { type Place, type Sliding, slide } from './windows.ts';

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const windowOf = ({ poolSize, strides, padding }: PoolArgs): Sliding => ({
  size: poolSize,
  strides: strides ?? poolSize,
  padding,
});

/** One number for each window and channel, from the pixels that are in the image. */
function pooled(
  { inputs }: Pick<ReferenceGiven, 'inputs'>,
  window: Sliding,
  pool: (values: number[], pixels: Place['pixels'], output: { row: number; element: number }) => number,
): NdArray {
  const x = inputs[0] as NdArray;
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const places = slide([height, width], window);
  return ndArray([batch, places.rows, places.columns, channels], (n = 0, i = 0, j = 0, c = 0) => {
    const pixels = places.at(i, j).pixels.filter(({ inside }) => inside);
    const element = (i * places.columns + j) * channels + c;
    return pool(
      pixels.map(({ row, column }) => at(x, n, row, column, c)),
      pixels,
      { row: n, element },
    );
  });
}

/** One number for each channel. */
function global(
  { inputs }: Pick<ReferenceGiven, 'inputs'>,
  pool: (values: number[], channel: number) => number,
): NdArray {
  const x = inputs[0] as NdArray;
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  return ndArray([batch, channels], (n = 0, c = 0) => {
    const values = Array.from({ length: height * width }, (_, p) => at(x, n, Math.floor(p / width), p % width, c));
    return pool(values, c);
  });
}

function blur(given: ReferenceGiven<BlurPooling2dArgs>): NdArray {
  const { filterSize, strides, padding } = given.args;
  const choose = (n: number, k: number): number => (k === 0 || k === n ? 1 : choose(n - 1, k - 1) + choose(n - 1, k));
  const x = given.inputs[0] as NdArray;
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const places = slide([height, width], { size: filterSize, strides, padding });
  return ndArray([batch, places.rows, places.columns, channels], (n = 0, i = 0, j = 0, c = 0) => {
    let [sum, total] = [0, 0];
    for (const { row, column, a, b, inside } of places.at(i, j).pixels) {
      const weight = choose(filterSize - 1, a) * choose(filterSize - 1, b);
      sum += given.multiply(weight, at(x, n, row, column, c));
      if (inside) total += weight;
    }
    return sum / total;
  });
}

function stochastic(given: ReferenceGiven<StochasticPooling2dArgs>): NdArray {
  const window = { size: given.args.poolSize, strides: given.args.poolSize, padding: 'valid' } as const;
  return pooled(given, window, (values, _, { row, element }) => {
    const rectified = values.map((value) => Math.max(0, value));
    const total = rectified.reduce((a, b) => a + b, 0);
    if (total === 0) return 0;
    if (!given.training) return rectified.reduce((sum, value) => sum + value * value, 0) / total;
    let left = uniformOf(given, 'stochasticPooling2d', row, element) * total;
    return rectified.find((value) => (left -= value) < 0) ?? NaN;
  });
}

const windows = [{}, { poolSize: 3, strides: 2, padding: 'same' }, { poolSize: [2, 3] }];

export const poolings = {
  maxPooling2d: {
    reference: (given: ReferenceGiven<PoolArgs>) =>
      pooled(given, windowOf(given.args), (values) => Math.max(...values)),
    cases: cases(image, ...windows),
  },
  averagePooling2d: {
    reference: (given: ReferenceGiven<PoolArgs>) => pooled(given, windowOf(given.args), mean),
    cases: cases(image, ...windows),
  },
  mixedPooling2d: {
    reference(given: ReferenceGiven<PoolArgs>) {
      const share = sigmoid(at(weightOf(given, 'mix'), 0));
      return pooled(given, windowOf(given.args), (values) => share * Math.max(...values) + (1 - share) * mean(values));
    },
    cases: cases(image, ...windows),
  },
  lpPooling2d: {
    reference: (given: ReferenceGiven<LpPooling2dArgs>) =>
      pooled(
        given,
        windowOf(given.args),
        (values) => values.reduce((sum, value) => sum + Math.abs(value) ** given.args.p, 0) ** (1 / given.args.p),
      ),
    cases: cases(image, ...windows.map((window) => ({ ...window, p: 2 })), { p: 1 }, { p: 3.5 }),
  },
  blurPooling2d: {
    reference: blur,
    cases: cases(image, {}, { filterSize: 4, strides: [1, 2] }, { filterSize: 5, padding: 'valid' }, { filterSize: 1 }),
    deep: cases([9, 8, 4], { filterSize: 7, strides: 3 }, { filterSize: 2 }),
  },
  stochasticPooling2d: {
    reference: stochastic,
    cases: cases(image, {}, { poolSize: [3, 2] }, { poolSize: 1 }),
    deep: cases([9, 8, 4], { poolSize: 3 }),
  },
  globalAveragePooling2d: { reference: (given) => global(given, mean), cases: cases(image, {}) },
  globalMaxPooling2d: { reference: (given) => global(given, (values) => Math.max(...values)), cases: cases(image, {}) },
  generalizedMeanPooling2d: {
    reference(given: ReferenceGiven<GeneralizedMeanPooling2dArgs>) {
      const p = weightOf(given, 'p');
      return global(given, (values, c) => {
        const powers = values.map((value) => Math.max(value, given.args.epsilon) ** at(p, c));
        return mean(powers) ** (1 / at(p, c));
      });
    },
    cases: cases(image, {}, { p: 1, epsilon: 0.01 }, { p: 8 }),
  },
} satisfies Record<string, SubjectCases>;
