import { at, ndArray, type NdArray, type ReferenceGiven, weightOf } from '@ablate/layers/contract';
import type {
  BatchNormalizationArgs,
  DropPathArgs,
  DropoutArgs,
  GaussianNoiseArgs,
  GroupNormalizationArgs,
  LayerNormalizationArgs,
  SpatialDropout2dArgs,
} from '@ablate/layers/schema';
import { bitsToUniform, normalOfBits, philox4x32, streamKey } from '@ablate/random';
import { cases, image, type SubjectCases } from './subject-cases.ts';

type Given = Pick<ReferenceGiven, 'inputs' | 'weights' | 'random' | 'name' | 'training'>;

/** Uniform e of row r of a layer's stream. */
export function uniformOf(given: Pick<Given, 'random' | 'name'>, stream: string, row: number, e: number): number {
  return bitsToUniform(bitsOf(given, stream, row, e));
}

function bitsOf({ random, name }: Pick<Given, 'random' | 'name'>, stream: string, row: number, e: number): number {
  const words = new Uint32Array(4);
  philox4x32(streamKey(random.seed, `${stream}/${name}`), Math.floor(e / 4), random.row + row, random.step, 0, words);
  return words[e % 4] as number;
}

/** Dropout whose mask repeats: `width` elements of it for each example, one for every `period` values, or as `element` says. */
function dropped(given: Given, stream: string, rate: number, element: (offset: number) => number): NdArray {
  const { shape, data } = given.inputs[0] as NdArray;
  if (!given.training) return { shape, data };
  const width = data.length / (shape[0] ?? 1);
  return {
    shape,
    data: data.map((value, i) => {
      const kept = uniformOf(given, stream, Math.floor(i / width), element(i % width)) >= Math.fround(rate);
      return kept ? value / (1 - rate) : 0;
    }),
  };
}

/** (x − mean) / √(variance + ε) · gamma + beta, the statistics over the elements of one group. */
function normalized(given: Given, epsilon: number, groupOf: (index: number[]) => string): NdArray {
  const x = given.inputs[0] as NdArray;
  const groups = new Map<string, number[]>();
  ndArray(x.shape, (...index) => {
    const key = groupOf(index);
    groups.set(key, [...(groups.get(key) ?? []), at(x, ...index)]);
    return 0;
  });
  const moments = new Map(
    [...groups].map(([key, values]) => {
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      return [key, { mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length }];
    }),
  );
  return affine(given, epsilon, (index) => moments.get(groupOf(index)) ?? { mean: NaN, variance: NaN });
}

function affine(
  { inputs, weights }: Given,
  epsilon: number,
  momentsOf: (index: number[]) => { mean: number; variance: number },
): NdArray {
  const x = inputs[0] as NdArray;
  const { gamma, beta } = weights;
  return ndArray(x.shape, (...index) => {
    const { mean, variance } = momentsOf(index);
    const channel = index.at(-1) as number;
    const standard = (at(x, ...index) - mean) / Math.sqrt(variance + epsilon);
    return standard * (gamma === undefined ? 1 : at(gamma, channel)) + (beta === undefined ? 0 : at(beta, channel));
  });
}

export const regularizations = {
  dropout: {
    reference: (given: ReferenceGiven<DropoutArgs>) => dropped(given, 'dropout', given.args.rate, (offset) => offset),
    cases: cases(image, { rate: 0.4 }, { rate: 0 }),
  },
  spatialDropout2d: {
    reference(given: ReferenceGiven<SpatialDropout2dArgs>) {
      const channels = given.inputs[0]?.shape[3] ?? 0;
      return dropped(given, 'spatialDropout2d', given.args.rate, (offset) => offset % channels);
    },
    cases: [...cases(image, { rate: 0.4 }, { rate: 0 }), ...cases([2, 2, 9], { rate: 0.5 })],
  },
  dropPath: {
    reference: (given: ReferenceGiven<DropPathArgs>) => dropped(given, 'dropPath', given.args.rate, () => 0),
    cases: [...cases(image, { rate: 0.4 }, { rate: 0 }), ...cases([9], { rate: 0.3 })],
  },
  gaussianNoise: {
    reference(given: ReferenceGiven<GaussianNoiseArgs>) {
      const { shape, data } = given.inputs[0] as NdArray;
      const width = data.length / (shape[0] ?? 1);
      const normal = (row: number, e: number) => normalOfBits(bitsOf(given, 'gaussianNoise', row, e));
      const noisy = data.map((value, i) => value + given.args.stddev * normal(Math.floor(i / width), i % width));
      return { shape, data: given.training ? noisy : data };
    },
    cases: [...cases(image, { stddev: 0.3 }), ...cases([9], { stddev: 0 }, { stddev: 2 })],
  },
  batchNormalization: {
    reference(given: ReferenceGiven<BatchNormalizationArgs>) {
      if (given.training) return normalized(given, given.args.epsilon, (index) => String(index.at(-1)));
      const [mean, variance] = [weightOf(given, 'moving_mean'), weightOf(given, 'moving_variance')];
      return affine(given, given.args.epsilon, (index) => ({
        mean: at(mean, index.at(-1) as number),
        variance: at(variance, index.at(-1) as number),
      }));
    },
    cases: [...cases(image, {}, { scale: false, center: false }), ...cases([9], { momentum: 0.9, epsilon: 1e-5 })],
  },
  groupNormalization: {
    reference(given: ReferenceGiven<GroupNormalizationArgs>) {
      const size = (given.inputs[0]?.shape[3] ?? 0) / given.args.groups;
      return normalized(given, given.args.epsilon, ([n, , , c = 0]) => `${n}/${Math.floor(c / size)}`);
    },
    cases: cases([3, 4, 6], { groups: 2 }, { groups: 6, epsilon: 0.01 }, { groups: 1, scale: false, center: false }),
    deep: cases([2, 3, 64], {}),
  },
  layerNormalization: {
    reference: (given: ReferenceGiven<LayerNormalizationArgs>) =>
      normalized(given, given.args.epsilon, (index) => index.slice(0, -1).join()),
    cases: [...cases([3, 4, 5], {}, { scale: false }, { center: false, epsilon: 0.1 }), ...cases([9], {})],
  },
} satisfies Record<string, SubjectCases>;
