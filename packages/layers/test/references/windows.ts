import { pair, type Pair } from '@ablate/layers/schema';

/** A place of a window, and the pixels that it covers: those beyond the edge too. */
export interface Place {
  pixels: { row: number; column: number; a: number; b: number; inside: boolean }[];
}

export interface Sliding {
  size: Pair;
  strides: Pair;
  dilation?: Pair;
  padding: 'valid' | 'same';
}

/** All places of a window on an image, row by row. Padding "same" puts the odd pixel at the end. */
export function slide(
  [height = 0, width = 0]: readonly number[],
  window: Sliding,
): { rows: number; columns: number; at(row: number, column: number): Place } {
  const [size, strides, dilation] = [pair(window.size), pair(window.strides), pair(window.dilation ?? 1)];
  const along = (extent: number, axis: 0 | 1) => {
    const reach = (size[axis] - 1) * dilation[axis] + 1;
    if (window.padding === 'valid') return { count: Math.floor((extent - reach) / strides[axis]) + 1, before: 0 };
    const count = Math.ceil(extent / strides[axis]);
    return { count, before: Math.floor(Math.max(0, (count - 1) * strides[axis] + reach - extent) / 2) };
  };
  const [vertical, horizontal] = [along(height, 0), along(width, 1)];
  return {
    rows: vertical.count,
    columns: horizontal.count,
    at(i, j) {
      const pixels: Place['pixels'] = [];
      for (let a = 0; a < size[0]; a++) {
        for (let b = 0; b < size[1]; b++) {
          const row = i * strides[0] + a * dilation[0] - vertical.before;
          const column = j * strides[1] + b * dilation[1] - horizontal.before;
          const inside = row >= 0 && row < height && column >= 0 && column < width;
          pixels.push({ row, column, a, b, inside });
        }
      }
      return { pixels };
    },
  };
}
