/** A tensor of a reference, in double precision, row-major. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** An array of a shape from a function of its indices. */
export function ndArray(shape: readonly number[], valueAt: (...index: number[]) => number): NdArray {
  const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = valueAt(...index);
    // The last axis runs fastest.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return { shape, data };
}

/** The element at an index. Beyond the array, 0: what padding reads. */
export function at({ shape, data }: NdArray, ...index: number[]): number {
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const [i, extent] = [index[axis] as number, shape[axis] as number];
    if (i < 0 || i >= extent) return 0;
    offset = offset * extent + i;
  }
  return data[offset] as number;
}
