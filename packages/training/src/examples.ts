/**
 * Labelled examples that can be read in any order; `@ablate/datasets` gives them, and so can anything else.
 * Values are final: normalized, and augmented where that is asked for.
 */
export interface Examples {
  readonly count: number;
  /** Shape of one example, for instance [28, 28, 1]. */
  readonly shape: readonly number[];
  readonly classes: number;
  /** Row i of `x` (flat, row-major) and of `labels` is example `indices[i]`. */
  read(indices: ArrayLike<number>): { x: Float32Array; labels: Int32Array };
}
