import type { RandomStream } from '@ablate/random';
import { z } from 'zod';
import type { Shape, WeightSpec } from './descriptor.ts';
import { orthogonal } from './orthogonal.ts';

/**
 * Initializers by tf.layers' names (`heNormal` and its kin draw truncated normals, as Keras does). `pytorchDefault` is
 * what PyTorch's Linear and Conv2d start with, kernel and bias alike.
 */
export const initializerNames = [
  'zeros',
  'ones',
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'leCunUniform',
  'leCunNormal',
  'orthogonal',
  'pytorchDefault',
] as const;
export type InitializerName = (typeof initializerNames)[number];

/** How a weight starts: by name, or every value alike. */
export type WeightInitializer = InitializerName | { readonly constant: number };

/** An initializer argument with a default, described for editors. */
export function initializerArg(of: string, byDefault: InitializerName) {
  return z.enum(initializerNames).default(byDefault).describe(`Initial values of the ${of}.`);
}

/** Numbers of connections into and out of one unit of a weight. */
export interface Fans {
  in: number;
  out: number;
}

/**
 * Fans of a dense kernel [in, out] or a convolution kernel [height, width, in, out] (He et al. 2015): the last two
 * extents, each times the kernel's area. A vector's fans are its length.
 */
export function fansOf(shape: Shape): Fans {
  if (shape.length < 2) return { in: shape[0] ?? 1, out: shape[0] ?? 1 };
  const area = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return { in: area * (shape.at(-2) as number), out: area * (shape.at(-1) as number) };
}

/**
 * Fans of a depthwise kernel [height, width, channels, multiplier]: each output sees height·width inputs, whatever the
 * number of channels. Keras multiplies fan-in by the channels, and so starts deep depthwise nets far too small.
 */
export function depthwiseFans([height = 1, width = 1, , multiplier = 1]: Shape): Fans {
  return { in: height * width, out: height * width * multiplier };
}

/** Standard deviation of a normal of variance 1 cut off at ±2, as Keras divides by it. */
const TRUNCATED_STD = 0.87962566103423978;

/**
 * Initial values of a weight, row-major; but for `orthogonal`, value i depends on the stream and i alone.
 *
 * glorot: variance 2 / (in + out) (Glorot and Bengio 2010); he: 2 / in (He et al. 2015); leCun: 1 / in (LeCun et al.
 * 1998); pytorchDefault: uniform in ±1/√in, of variance 1 / (3·in) (`kaiming_uniform_` with a = √5 in PyTorch 2's
 * `nn.Linear.reset_parameters`). Uniforms lie in ±√(3·variance); normals are cut off at two standard deviations and
 * rescaled. orthogonal: see {@link orthogonal}.
 */
export function initialize(
  name: WeightInitializer,
  shape: Shape,
  stream: RandomStream,
  fans: Fans = fansOf(shape),
): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  if (typeof name === 'object') return values.fill(name.constant);
  const glorot = 2 / (fans.in + fans.out);
  switch (name) {
    case 'zeros':
      return values;
    case 'ones':
      return values.fill(1);
    case 'glorotUniform':
      return uniform(values, glorot, stream);
    case 'glorotNormal':
      return normal(values, glorot, stream);
    case 'heUniform':
      return uniform(values, 2 / fans.in, stream);
    case 'heNormal':
      return normal(values, 2 / fans.in, stream);
    case 'leCunUniform':
      return uniform(values, 1 / fans.in, stream);
    case 'leCunNormal':
      return normal(values, 1 / fans.in, stream);
    case 'orthogonal':
      return orthogonal(values, shape, stream);
    case 'pytorchDefault':
      return uniform(values, 1 / (3 * fans.in), stream);
  }
}

/** {@link initialize} for a weight that a descriptor names, with the fans that its layer gives it. */
export function initializeWeight(weight: WeightSpec, stream: RandomStream): Float32Array {
  return initialize(weight.initializer, weight.shape, stream, weight.fans ?? fansOf(weight.shape));
}

function uniform(values: Float32Array, variance: number, stream: RandomStream): Float32Array {
  const limit = Math.sqrt(3 * variance);
  return stream.fillUniform(values, -limit, limit);
}

function normal(values: Float32Array, variance: number, stream: RandomStream): Float32Array {
  return stream.fillTruncatedNormal(values, 0, Math.sqrt(variance) / TRUNCATED_STD);
}
