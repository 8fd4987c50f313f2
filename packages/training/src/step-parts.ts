import { type Batch, readBatch } from './batch.ts';
import type { Examples } from './examples.ts';
import { microBatches } from './gradient-sum.ts';
import type { LabelMixture } from './loss-targets.ts';
import { dominantLabels, mixPlan, mixRows } from './mixing.ts';
import { type Replica, shardOf } from './replica.ts';
import type { MixingSettings } from './schema/mixing.ts';

/** Rows of a step's batch that a replica computes at once. */
export interface StepPart {
  /** Row of the whole batch at which it starts. */
  row: number;
  /** What the model sees; where rows were mixed, `labels` are their own. */
  batch: Batch;
  /** What the loss compares with. */
  answers: { labels: Int32Array } & Partial<LabelMixture>;
  /** The label of each row that counts as a hit. */
  hits: Int32Array;
}

/** Where in a run a batch stands. */
export interface BatchPlace {
  seed: number;
  /** From 1. */
  epoch: number;
  /** Steps of this run before this one. */
  step: number;
}

/**
 * Reads what a replica has of a batch: of each micro-batch its part. Micro-batches are those of the whole batch, so that
 * every replica has as many, and what is computed over a micro-batch doesn't depend on the number of replicas. Rows are
 * mixed with others of the whole batch.
 *
 * @param indices Of the whole batch.
 */
export function readParts(
  train: Examples,
  indices: Uint32Array,
  replica: Pick<Replica, 'index' | 'count'>,
  recipe: MixingSettings & { accumulate: number },
  place: BatchPlace,
): StepPart[] {
  return microBatches(indices.length, recipe.accumulate).map(([start, end]) => {
    const [from, to] = shardOf(end - start, replica);
    return readPart(train, indices, [start + from, start + to], recipe, place);
  });
}

function readPart(
  train: Examples,
  indices: Uint32Array,
  [row, end]: [number, number],
  recipe: MixingSettings,
  { seed, epoch, step }: BatchPlace,
): StepPart {
  const draw = { seed, epoch };
  const own = readBatch(train, indices.subarray(row, end), draw);
  const { labels } = own;
  if (!recipe.mixup && !recipe.cutmix) return { row, batch: own, answers: { labels }, hits: labels };
  const { shape } = train;
  const plan = mixPlan(recipe, { seed, step, rows: indices.length, row, count: own.rows, shape });
  const others = readBatch(
    train,
    Array.from(plan.partners, (partner) => indices[partner] as number),
    draw,
  );
  return {
    row,
    batch: { ...own, x: mixRows(own, others, plan, shape) },
    answers: { labels, partners: others.labels, shares: plan.shares },
    hits: dominantLabels(labels, others.labels, plan),
  };
}
