/** Where in a training run a layer draws its random numbers; handed to layers through `call`'s kwargs. */
export interface RandomPlace {
  /** Seed of the run. */
  seed: number;
  /** Training step, a whole number ≥ 0. */
  step: number;
  /** Row of the global batch at which this layer's input starts. */
  row: number;
}

/** `kwargs.random`, where a training loop gives it. @throws Error unless all its parts are whole numbers ≥ 0. */
export function randomPlaceOf(layer: string, kwargs: Record<string, unknown>): RandomPlace | undefined {
  const random = kwargs['random'] as Partial<RandomPlace> | null | undefined;
  if (random === undefined || random === null) return undefined;
  const { seed, step, row } = random;
  if (!isIndex(seed) || !isIndex(step) || !isIndex(row)) {
    throw new Error(
      `${layer}: kwargs.random must have seed, step and row, whole numbers from 0; received ${JSON.stringify(random)}.`,
    );
  }
  return { seed, step, row };
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
