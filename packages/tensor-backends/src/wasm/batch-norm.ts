import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { globalGradientSums, globalStatistics } from '../ops/global-statistics.ts';
import { kernelNames } from '../ops/kernel-names.ts';
import type { WasmHeap } from './heap.ts';

type Inputs = Record<string, TensorInfo>;

/** Kernels of ops/batch-norm.ts and ops/batch-norm-inference.ts. */
export function batchNormKernels(
  heap: WasmHeap,
): Record<string, (inputs: Inputs, attrs: NamedAttrMap) => TensorInfo | TensorInfo[]> {
  const epsilonOf = (attrs: NamedAttrMap) => attrs['epsilon'] as number;
  const training =
    (rectify: boolean) =>
    (inputs: Inputs, attrs: NamedAttrMap): TensorInfo[] => {
      const results = batchNorm(heap, inputs as TrainingInputs, epsilonOf(attrs), rectify);
      const [, mean, variance] = results;
      move(heap, inputs['mean'], mean, attrs['momentum'] as number);
      move(heap, inputs['variance'], variance, attrs['momentum'] as number);
      return results;
    };
  return {
    [kernelNames.batchNorm]: training(false),
    [kernelNames.batchNormRelu]: training(true),
    [kernelNames.batchNormAdd]: (inputs, attrs) => training(attrs['activation'] === 'relu')(inputs, attrs),
    [kernelNames.batchNormGrad]: (inputs, attrs) =>
      batchNormGradients(
        heap,
        inputs as Parameters<typeof batchNormGradients>[1],
        epsilonOf(attrs),
        attrs['rectify'] === true,
      ),
    [kernelNames.batchNormInference]: (inputs, attrs) => {
      const { x, ...weights } = inputs as TrainingInputs & Weights;
      const { rows, channels } = extentOf(x);
      const y = heap.output(x.shape);
      const [scale = 0, shift = 0] = heap.scratch(channels * 4, channels * 4);
      writeScales(heap, weights, epsilonOf(attrs), scale, shift);
      const rectify = attrs['activation'] === 'relu' ? 1 : 0;
      heap.kernels.scaleShift(heap.address(x), scale, shift, 0, heap.address(y), rows, channels, rectify);
      return y;
    },
  };
}

type TrainingInputs = Record<'x' | 'gamma' | 'beta', TensorInfo> & { addend?: TensorInfo };

/** Each [channels]. */
type Weights = Record<'gamma' | 'beta' | 'mean' | 'variance', TensorInfo>;

/** moving = momentum · moving + (1 − momentum) · batch, in place. */
function move(heap: WasmHeap, moving: TensorInfo | undefined, batch: TensorInfo, momentum: number): void {
  if (moving === undefined) return;
  const channels = batch.shape[0] as number;
  const [values, news] = [heap.floats(heap.address(moving), channels), heap.floats(heap.address(batch), channels)];
  for (let c = 0; c < channels; c++) {
    const old = values[c] as number;
    values[c] = old - (old - (news[c] as number)) * (1 - momentum);
  }
}

/** With the statistics of the global batch, the sum with `addend` and, where `rectify`, a ReLU after it. */
function batchNorm(
  heap: WasmHeap,
  { x, gamma, beta, addend }: TrainingInputs,
  epsilon: number,
  rectify: boolean,
): [y: TensorInfo, mean: TensorInfo, variance: TensorInfo] {
  const { rows, channels } = extentOf(x);
  const [y, mean, variance] = [heap.output(x.shape), heap.output([channels]), heap.output([channels])];
  const [scratch = 0, scale = 0, shift = 0] = heap.scratch(channels * 24, channels * 4, channels * 4);
  heap.kernels.batchMoments(heap.address(x), heap.address(mean), heap.address(variance), scratch, rows, channels);
  const whole = globalStatistics({
    rows,
    mean: heap.doubles(scratch, channels),
    squares: heap.doubles(scratch + channels * 8, channels),
  });
  heap.floats(heap.address(mean), channels).set(whole.mean);
  heap.floats(heap.address(variance), channels).set(whole.squares.map((value) => value / whole.rows));
  writeScales(heap, { gamma, beta, mean, variance }, epsilon, scale, shift);
  const added = addend ? heap.address(addend) : 0;
  heap.kernels.scaleShift(heap.address(x), scale, shift, added, heap.address(y), rows, channels, rectify ? 1 : 0);
  return [y, mean, variance];
}

/** Gradients in x (through the statistics of the global batch), and those in gamma and beta of this replica's rows. */
function batchNormGradients(
  heap: WasmHeap,
  inputs: Weights & Record<'x' | 'dy', TensorInfo>,
  epsilon: number,
  rectify: boolean,
): [dx: TensorInfo, dGamma: TensorInfo, dBeta: TensorInfo] {
  const { x, gamma, mean, variance } = inputs;
  const { rows, channels } = extentOf(x);
  const [dx, dGamma, dBeta] = [heap.output(x.shape), heap.output([channels]), heap.output([channels])];
  const bytes = channels * 4;
  const [scratch = 0, scale = 0, shift = 0, a = 0, b = 0, d = 0] = heap.scratch(6 * bytes, ...Array(5).fill(bytes));
  const [source, gradient] = [heap.address(x), heap.address(inputs.dy)];
  writeScales(heap, inputs, epsilon, scale, shift);
  const code = rectify ? 1 : 0;
  const [sumsAt, dotsAt, means] = [heap.address(dBeta), heap.address(dGamma), heap.address(mean)];
  heap.kernels.batchNormSums(source, gradient, means, scale, shift, sumsAt, dotsAt, scratch, rows, channels, code);
  const whole = globalGradientSums({
    rows,
    sums: heap.doubles(scratch, channels),
    dots: heap.doubles(scratch + 2 * bytes, channels),
  });
  const floats = (address: number) => heap.floats(address, channels);
  const [g, m, v] = [floats(heap.address(gamma)), floats(means), floats(heap.address(variance))];
  const [dots, as, bs, ds] = [floats(dotsAt), floats(a), floats(b), floats(d)];
  for (let c = 0; c < channels; c++) {
    const deviation = 1 / Math.sqrt((v[c] as number) + epsilon);
    const factor = (g[c] as number) * deviation;
    const slope = (-factor * deviation * deviation * (whole.dots[c] as number)) / whole.rows;
    as[c] = factor;
    bs[c] = slope;
    ds[c] = (-factor * (whole.sums[c] as number)) / whole.rows - slope * (m[c] as number);
    dots[c] = (dots[c] as number) * deviation;
  }
  heap.kernels.batchNormInputGradient(source, gradient, scale, shift, a, b, d, heap.address(dx), rows, channels, code);
  return [dx, dGamma, dBeta];
}

/** y = x · scale + shift. */
function writeScales(
  heap: WasmHeap,
  { gamma, beta, mean, variance }: Weights,
  epsilon: number,
  scale: number,
  shift: number,
): void {
  const channels = mean.shape[0] as number;
  const floats = (tensor: TensorInfo) => heap.floats(heap.address(tensor), channels);
  const [g, b, m, v] = [floats(gamma), floats(beta), floats(mean), floats(variance)];
  const [scales, shifts] = [heap.floats(scale, channels), heap.floats(shift, channels)];
  for (let c = 0; c < channels; c++) {
    const factor = (g[c] as number) / Math.sqrt((v[c] as number) + epsilon);
    scales[c] = factor;
    shifts[c] = (b[c] as number) - (m[c] as number) * factor;
  }
}

function extentOf({ shape }: TensorInfo): { rows: number; channels: number } {
  const channels = shape.at(-1) ?? 1;
  return { rows: shape.slice(0, -1).reduce((rows, extent) => rows * extent, 1), channels };
}
