import { z } from 'zod';
import { ShapeError, type View } from './descriptor.ts';
import { type Pair, pair } from './pair.ts';

/** `valid` uses only whole windows; `same` pads with zeros so that strides of 1 keep the size. */
export const paddingArg = z
  .enum(['valid', 'same'])
  .default('valid')
  .describe('valid: whole windows only; same: padded so that strides of 1 keep the size.');

/** A window that slides over an image. */
export interface Window {
  size: Pair;
  strides: Pair;
  dilation: Pair;
  padding: 'valid' | 'same';
}

/**
 * Places of a window on an image: `same` ⌈extent / stride⌉, `valid` ⌊(extent − reach) / stride⌋ + 1, where a dilated
 * kernel reaches (size − 1)·dilation + 1 pixels.
 *
 * @param sizeArg What the layer calls the window's size, for the message.
 * @throws ShapeError if there is no place for it.
 */
export function windowPlaces(
  type: string,
  sizeArg: string,
  window: Window,
  [height, width]: readonly [number, number, ...number[]],
): [height: number, width: number] {
  const [size, strides, dilation] = [pair(window.size), pair(window.strides), pair(window.dilation)];
  const places = ([height, width] as const).map((extent, axis) => {
    const [k, s, d] = [size[axis] as number, strides[axis] as number, dilation[axis] as number];
    return window.padding === 'same' ? Math.ceil(extent / s) : Math.floor((extent - (k - 1) * d - 1) / s) + 1;
  });
  const [rows = 0, columns = 0] = places;
  if (rows < 1 || columns < 1) {
    const dilated = dilation.some((d) => d > 1) ? ` at dilationRate ${dilation.join('×')}` : '';
    const smaller = sizeArg === 'kernelSize' ? 'kernel' : 'pool';
    throw new ShapeError(
      `${type}: ${sizeArg} ${size.join('×')}${dilated} with padding "valid" leaves no pixels of a ${height}×${width} input. Use padding "same" or a smaller ${smaller}.`,
    );
  }
  return [rows, columns];
}

/** The window as a receptive field sees it. */
export function windowView({ size, strides, dilation, padding }: Window): View {
  return { kind: 'window', size: pair(size), strides: pair(strides), dilation: pair(dilation), padding };
}

/** tf.js refuses convolutions that skip pixels both within and between windows. */
export function strideOrDilate({ strides, dilationRate }: { strides: Pair; dilationRate: Pair }): boolean {
  return pair(strides).every((s) => s === 1) || pair(dilationRate).every((d) => d === 1);
}

/** What {@link strideOrDilate} asks for, as a finding of zod. */
export const strideOrDilateFinding = {
  message: 'strides and dilationRate must not both be more than 1. Set one of them to 1.',
  path: ['dilationRate'],
};
