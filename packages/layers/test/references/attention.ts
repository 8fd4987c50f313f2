import { at, ndArray, type NdArray, type ReferenceGiven, weightOf } from '@ablate/layers/contract';
import type { CbamArgs, EfficientChannelAttentionArgs, SelfAttention2dArgs } from '@ablate/layers/schema';
import { map, sigmoid } from './activations.ts';
import { convolved } from './convolution.ts';
import { cases, image, type SubjectCases } from './subject-cases.ts';

type Given = Pick<ReferenceGiven, 'inputs' | 'weights' | 'multiply'>;

/** One number for each example and channel, from all its pixels. */
function pooled(x: NdArray, how: 'mean' | 'max'): NdArray {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  return ndArray([batch, channels], (n = 0, c = 0) => {
    const pixels: number[] = [];
    for (let i = 0; i < height; i++) for (let j = 0; j < width; j++) pixels.push(at(x, n, i, j, c));
    return how === 'max' ? Math.max(...pixels) : pixels.reduce((a, b) => a + b, 0) / pixels.length;
  });
}

/** x · w + b of rows. */
export function product(x: NdArray, w: NdArray, b: NdArray | undefined, multiply: Given['multiply']): NdArray {
  const [rows = 0, inner = 0] = x.shape;
  return ndArray([rows, w.shape[1] ?? 0], (n = 0, u = 0) => {
    let sum = b === undefined ? 0 : at(b, u);
    for (let k = 0; k < inner; k++) sum += multiply(at(x, n, k), at(w, k, u));
    return sum;
  });
}

/** W₂ relu(W₁ v + b₁) + b₂. */
function perceptron(values: NdArray, given: Given): NdArray {
  const hidden = product(values, weightOf(given, 'squeeze_kernel'), weightOf(given, 'squeeze_bias'), given.multiply);
  const rectified = map(hidden, (value) => Math.max(0, value));
  return product(rectified, weightOf(given, 'excitation_kernel'), weightOf(given, 'excitation_bias'), given.multiply);
}

function scaled(x: NdArray, logits: NdArray): NdArray {
  return ndArray(x.shape, (n = 0, i = 0, j = 0, c = 0) => at(x, n, i, j, c) * sigmoid(at(logits, n, c)));
}

function squeezeExcitation(given: Given): NdArray {
  const x = given.inputs[0] as NdArray;
  return scaled(x, perceptron(pooled(x, 'mean'), given));
}

function cbam(given: ReferenceGiven<CbamArgs>): NdArray {
  const x = given.inputs[0] as NdArray;
  const [means, maxima] = [perceptron(pooled(x, 'mean'), given), perceptron(pooled(x, 'max'), given)];
  const z = scaled(x, { shape: means.shape, data: means.data.map((value, i) => value + (maxima.data[i] as number)) });
  const [batch = 0, height = 0, width = 0, channels = 0] = z.shape;
  const summary = ndArray([batch, height, width, 2], (n = 0, i = 0, j = 0, which = 0) => {
    const values = Array.from({ length: channels }, (_, c) => at(z, n, i, j, c));
    return which === 0 ? values.reduce((a, b) => a + b, 0) / channels : Math.max(...values);
  });
  const window = { size: given.args.kernelSize, strides: 1, padding: 'same' } as const;
  const spatial = convolved(summary, weightOf(given, 'spatial_kernel'), undefined, window, given.multiply);
  return ndArray(z.shape, (n = 0, i = 0, j = 0, c = 0) => at(z, n, i, j, c) * sigmoid(at(spatial, n, i, j, 0)));
}

function efficient(given: ReferenceGiven<EfficientChannelAttentionArgs>): NdArray {
  const x = given.inputs[0] as NdArray;
  const means = pooled(x, 'mean');
  const kernel = weightOf(given, 'kernel');
  const size = kernel.shape[0] ?? 0;
  const logits = ndArray(means.shape, (n = 0, c = 0) => {
    let sum = 0;
    for (let a = 0; a < size; a++) sum += given.multiply(at(kernel, a, 0, 0, 0), at(means, n, c + a - (size - 1) / 2));
    return sum;
  });
  return scaled(x, logits);
}

function selfAttention(given: ReferenceGiven<SelfAttention2dArgs>): NdArray {
  const x = given.inputs[0] as NdArray;
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const pixels = height * width;
  const flat = { shape: [batch * pixels, channels], data: x.data };
  const [q, k, v] = (['query_kernel', 'key_kernel', 'value_kernel'] as const).map((name) =>
    product(flat, weightOf(given, name), undefined, given.multiply),
  ) as [NdArray, NdArray, NdArray];
  const inner = q.shape[1] ?? 0;
  const seen = ndArray([batch * pixels, inner], () => 0);
  for (let row = 0; row < batch * pixels; row++) {
    const first = row - (row % pixels);
    const exponentials = Array.from({ length: pixels }, (_, other) => {
      let sum = 0;
      for (let d = 0; d < inner; d++) sum += given.multiply(at(q, row, d), at(k, first + other, d));
      return Math.exp(sum / Math.sqrt(inner));
    });
    const total = exponentials.reduce((a, b) => a + b, 0);
    for (let d = 0; d < inner; d++) {
      let sum = 0;
      exponentials.forEach((weight, other) => {
        sum += given.multiply(weight / total, at(v, first + other, d));
      });
      seen.data[row * inner + d] = sum;
    }
  }
  const out = product(seen, weightOf(given, 'output_kernel'), undefined, given.multiply);
  return { shape: x.shape, data: x.data.map((value, i) => value + (out.data[i] as number)) };
}

export const attentions = {
  squeezeExcitation: {
    reference: squeezeExcitation,
    cases: [
      ...cases([4, 5, 6], { reduction: 2 }, { reduction: 4, kernelInitializer: 'glorotUniform' }),
      ...cases(image, {}),
    ],
    deep: cases([3, 3, 33], { reduction: 8 }),
  },
  cbam: {
    reference: cbam,
    cases: cases([4, 5, 6], { reduction: 2, kernelSize: 3 }, { reduction: 3 }),
    deep: cases([7, 6, 17], {}),
  },
  efficientChannelAttention: {
    reference: efficient,
    cases: [...cases([4, 3, 8], {}), ...cases(image, { kernelSize: 5 }, { kernelSize: 1 })],
    deep: cases([2, 2, 64], {}),
  },
  selfAttention2d: {
    reference: selfAttention,
    cases: cases([3, 4, 4], {}, { reduction: 1, outputInitializer: 'glorotUniform' }, { reduction: 3 }),
    deep: cases([5, 4, 9], { reduction: 4 }),
  },
} satisfies Record<string, SubjectCases>;
