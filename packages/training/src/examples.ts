/** Decides what augmentation draws for an example: equal draws give equal values, whatever is read beside it. */
export interface ReadDraw {
  /** Of the run: a safe integer ≥ 0. */
  seed: number;
  /** From 1. */
  epoch: number;
}

/**
 * Labelled examples that can be read in any order; `@ablate/datasets` gives them, and so can anything else.
 * Values are final: normalized.
 */
export interface Examples {
  readonly count: number;
  /** Shape of one example, for instance [28, 28, 1]. */
  readonly shape: readonly number[];
  readonly classes: number;
  /**
   * Row i of `x` (flat, row-major) and of `labels` is example `indices[i]`.
   *
   * @param draw Given for steps of training: what is augmented comes augmented by it. Without it, as it is.
   */
  read(indices: ArrayLike<number>, draw?: ReadDraw): { x: Float32Array; labels: Int32Array };
}
