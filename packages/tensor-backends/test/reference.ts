/* Plain loops in double precision: what every kernel is compared with. */

/** One number for both axes, or [vertical, horizontal]. */
export type Pair = number | readonly [number, number];

export const pair = (value: Pair): readonly [number, number] => (typeof value === 'number' ? [value, value] : value);

export interface ConvCase {
  batch: number;
  height: number;
  width: number;
  channels: number;
  filters: number;
  kernel: Pair;
  stride: Pair;
  dilation: Pair;
  pad: 'same' | 'valid';
  depthwise?: boolean;
}

export interface Geometry {
  outHeight: number;
  outWidth: number;
  top: number;
  left: number;
}

/** TensorFlow's rule: `same` gives ceil(extent / stride) outputs, the odd pixel of padding goes after. */
export function geometryOf({
  height,
  width,
  kernel,
  stride,
  dilation,
  pad,
}: Omit<ConvCase, 'batch' | 'channels' | 'filters'>): Geometry {
  const along = (extent: number, axis: 0 | 1): [number, number] => {
    const [size, step, rate] = [pair(kernel)[axis], pair(stride)[axis], pair(dilation)[axis]];
    const reach = (size - 1) * rate + 1;
    if (pad === 'valid') return [Math.ceil((extent - reach + 1) / step), 0];
    const out = Math.ceil(extent / step);
    return [out, Math.floor(Math.max(0, (out - 1) * step + reach - extent) / 2)];
  };
  const [outHeight, top] = along(height, 0);
  const [outWidth, left] = along(width, 1);
  return { outHeight, outWidth, top, left };
}

/** Visits every product of a convolution: offsets into x, filter and output. */
function eachProduct(c: ConvCase, visit: (x: number, filter: number, out: number) => void): void {
  const { outHeight, outWidth, top, left } = geometryOf(c);
  const [[kernelY, kernelX], [strideY, strideX], [dilationY, dilationX]] = [c.kernel, c.stride, c.dilation].map(
    pair,
  ) as [readonly [number, number], readonly [number, number], readonly [number, number]];
  for (let b = 0; b < c.batch; b++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++)
        for (let ky = 0; ky < kernelY; ky++)
          for (let kx = 0; kx < kernelX; kx++) {
            const y = oy * strideY + ky * dilationY - top;
            const x = ox * strideX + kx * dilationX - left;
            if (y < 0 || x < 0 || y >= c.height || x >= c.width) continue;
            const pixel = ((b * c.height + y) * c.width + x) * c.channels;
            const out = ((b * outHeight + oy) * outWidth + ox) * c.filters * (c.depthwise ? c.channels : 1);
            const tap = (ky * kernelX + kx) * c.channels * c.filters;
            for (let i = 0; i < c.channels; i++)
              for (let f = 0; f < c.filters; f++) {
                const place = i * c.filters + f;
                visit(pixel + i, tap + place, out + (c.depthwise ? place : f));
              }
          }
}

type Numbers = ArrayLike<number>;

export function convolution(c: ConvCase, x: Numbers, filter: Numbers, length: number): number[] {
  const out = Array.from({ length }, () => 0);
  eachProduct(c, (i, j, k) => void (out[k]! += x[i]! * filter[j]!));
  return out;
}

export function inputGradient(c: ConvCase, filter: Numbers, dy: Numbers, length: number): number[] {
  const out = Array.from({ length }, () => 0);
  eachProduct(c, (i, j, k) => void (out[i]! += filter[j]! * dy[k]!));
  return out;
}

export function filterGradient(c: ConvCase, x: Numbers, dy: Numbers, length: number): number[] {
  const out = Array.from({ length }, () => 0);
  eachProduct(c, (i, j, k) => void (out[j]! += x[i]! * dy[k]!));
  return out;
}

/** ‖a − b‖ / ‖b‖ */
export function distance(a: Numbers, b: Numbers): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return Math.sqrt(difference / Math.max(norm, 1e-30));
}
