import type { RandomStream } from '@ablate/random';
import type { Shape } from './descriptor.ts';

/**
 * Fills a kernel, taken as a matrix of all axes but the last against the last, with orthonormal columns (or rows, where
 * there are fewer of them), uniformly distributed over all such matrices: normals, orthonormalised one after another
 * with positive diagonal (Saxe et al. 2014, https://arxiv.org/abs/1312.6120; Mezzadri 2007). A vector is one column.
 *
 * Work: rows · columns · the lesser of both, in double precision.
 */
export function orthogonal(values: Float32Array, shape: Shape, stream: RandomStream): Float32Array {
  const columns = shape.length < 2 ? 1 : (shape.at(-1) ?? 1);
  const rows = values.length / columns;
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors = Float64Array.from(stream.fillNormal(new Float32Array(values.length)));
  for (let i = 0; i < count; i++) {
    const vector = vectors.subarray(i * length, (i + 1) * length);
    // Twice: once leaves rounding of the order of what was taken away.
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) subtractProjection(vector, vectors.subarray(j * length, (j + 1) * length));
    }
    const norm = Math.sqrt(dot(vector, vector));
    for (let e = 0; e < length; e++) vector[e] = (vector[e] as number) / norm;
  }
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      values[r * columns + c] = vectors[rows < columns ? r * length + c : c * length + r] as number;
    }
  }
  return values;
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  const along = dot(vector, unit);
  for (let e = 0; e < vector.length; e++) vector[e] = (vector[e] as number) - along * (unit[e] as number);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let e = 0; e < a.length; e++) sum += (a[e] as number) * (b[e] as number);
  return sum;
}
