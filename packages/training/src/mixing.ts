import { type RandomStream, randomStream } from '@ablate/random';
import type { Batch } from './batch.ts';
import type { MixingSettings } from './schema/mixing.ts';
import { TrainingError } from './training-error.ts';

/** Pixels of an image: rows top … bottom − 1, columns left … right − 1. */
export interface Box {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** How the rows of a shard are mixed with others of their batch. */
export interface MixPlan {
  /** For each row of the shard, the row of the whole batch that it is mixed with; it may be itself. */
  partners: Uint32Array;
  /** Share of a row's own label, in [0, 1]. */
  shares: Float64Array;
  /** What CutMix takes from the partner; null where the row is mixed by mixup. */
  boxes: (Box | null)[];
}

/** Which rows of which batch. */
export interface MixPlace {
  seed: number;
  /** Steps of this run before this one. */
  step: number;
  /** Rows of the whole batch. */
  rows: number;
  /** Row of the whole batch at which the shard starts, and how many it has. */
  row: number;
  count: number;
  /** Of one example; CutMix needs [height, width, channels]. */
  shape: readonly number[];
}

/**
 * Decides how rows are mixed. Each row's numbers depend on seed, step and its place in the whole batch alone, so that
 * shards agree with the whole to the bit.
 *
 * mixup (Zhang et al. 2018): share ~ Beta(alpha, alpha). CutMix (Yun et al. 2019): a box of √(1 − share) of both sides
 * around a pixel drawn from all, cut off at the edges; the share is then the part outside. Where both are set, each row
 * takes one of them with equal chance, as timm does for each batch.
 *
 * @throws TrainingError where CutMix is asked for and examples are not images.
 */
export function mixPlan({ mixup, cutmix }: MixingSettings, place: MixPlace): MixPlan {
  const { seed, step, rows, row, count, shape } = place;
  checkMixing({ cutmix }, shape);
  const order = randomStream(seed, `mixing/partners/${step}`).permutation(rows);
  const plan: MixPlan = { partners: order.slice(row, row + count), shares: new Float64Array(count), boxes: [] };
  for (let i = 0; i < count; i++) {
    const stream = randomStream(seed, `mixing/${step}/${row + i}`);
    const cut = cutmix && (!mixup || stream.split('choice').uniform(0) < 0.5) ? cutmix : undefined;
    const alpha = (cut ?? mixup)?.alpha;
    const share = alpha === undefined ? 1 : sampleBeta(stream.split('share'), alpha);
    const box = cut ? boxOf(stream.split('box'), share, shape as [number, number, number]) : null;
    plan.boxes.push(box);
    plan.shares[i] = box ? 1 - areaOf(box) / ((shape[0] as number) * (shape[1] as number)) : share;
  }
  return plan;
}

/** @throws TrainingError where CutMix is asked for and examples are not images. */
export function checkMixing({ cutmix }: MixingSettings, shape: readonly number[]): void {
  if (!cutmix || shape.length === 3) return;
  throw new TrainingError(
    `cutmix: examples must be images [height, width, channels]; received shape [${shape.join(', ')}]. Use mixup.`,
  );
}

/** The rows, each mixed with the row of `partners` at the same place by the plan. Nothing that is given is changed. */
export function mixRows(own: Batch, partners: Batch, plan: MixPlan, shape: readonly number[]): Float32Array {
  const size = own.rows === 0 ? 0 : own.x.length / own.rows;
  const x = own.x.slice();
  for (let row = 0; row < own.rows; row++) {
    const [start, end] = [row * size, (row + 1) * size];
    const [mixed, partner] = [x.subarray(start, end), partners.x.subarray(start, end)];
    const box = plan.boxes[row] ?? null;
    if (box) paste(mixed, partner, box, shape as [number, number, number]);
    else blend(mixed, partner, plan.shares[row] as number);
  }
  return x;
}

/** The label with the larger share of each row, its own where they are equal: what counts as a hit. */
export function dominantLabels(own: ArrayLike<number>, partners: ArrayLike<number>, { shares }: MixPlan): Int32Array {
  return Int32Array.from(own, (label, row) => ((shares[row] as number) >= 0.5 ? label : (partners[row] as number)));
}

function blend(mixed: Float32Array, partner: Float32Array, share: number): void {
  for (const [i, value] of mixed.entries()) mixed[i] = share * value + (1 - share) * (partner[i] as number);
}

function paste(
  mixed: Float32Array,
  partner: Float32Array,
  { top, bottom, left, right }: Box,
  [, width, channels]: [number, number, number],
): void {
  for (let y = top; y < bottom; y++) {
    const [from, to] = [(y * width + left) * channels, (y * width + right) * channels];
    mixed.set(partner.subarray(from, to), from);
  }
}

function boxOf(stream: RandomStream, share: number, [height, width]: [number, number, number]): Box {
  const along = (index: number, extent: number): [number, number] => {
    const center = stream.integer(index, extent);
    const half = Math.floor(Math.floor(extent * Math.sqrt(1 - share)) / 2);
    return [Math.max(0, center - half), Math.min(extent, center + half)];
  };
  const [[top, bottom], [left, right]] = [along(0, height), along(1, width)];
  return { top, bottom, left, right };
}

function areaOf({ top, bottom, left, right }: Box): number {
  return (bottom - top) * (right - left);
}

/** Beta(alpha, alpha) as X / (X + Y) of two gamma variates, by their logarithms: those of a small alpha are below any double. */
export function sampleBeta(stream: RandomStream, alpha: number): number {
  const [x, y] = [logGamma(stream.split('x'), alpha), logGamma(stream.split('y'), alpha)];
  return 1 / (1 + Math.exp(y - x));
}

/** Logarithm of a Gamma(shape, 1) variate: Marsaglia and Tsang 2000, for shape + 1, times U^(1 / shape). */
function logGamma(stream: RandomStream, shape: number): number {
  const d = shape + 1 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const normals = stream.split('normal');
  const uniforms = stream.split('uniform');
  // Half a step up, so that none is 0.
  const uniform = (index: number) => uniforms.uniform(index) + 2 ** -25;
  for (let i = 0; ; i++) {
    const [normal = 0] = normals.fillNormal(new Float32Array(1), 0, 1, i);
    const v = (1 + c * normal) ** 3;
    if (v <= 0 || Math.log(uniform(i + 1)) >= normal ** 2 / 2 + d - d * v + d * Math.log(v)) continue;
    return Math.log(d * v) + Math.log(uniform(0)) / shape;
  }
}
