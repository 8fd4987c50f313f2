import * as tf from '@tensorflow/tfjs-core';
import { type CrossEntropy, classificationLoss, softmaxCrossEntropy } from '@ablate/tensor-backends';
import type { Examples } from './examples.ts';
import { classWeightsOf, lossTargets, type Targets } from './loss-targets.ts';
import type { Replica } from './replica.ts';
import type { MixingSettings } from './schema/mixing.ts';
import type { TargetSettings } from './schema/targets.ts';
import type { StepPart } from './step-parts.ts';
import { TrainingError } from './training-error.ts';

/** The loss of one part of a step's batch, as a share of the whole batch's. */
export type PartLoss = (logits: tf.Tensor2D) => CrossEntropy;

/** The loss that a recipe asks for: made once a run, as class weights count the training set. */
export class StepLoss {
  readonly #settings: TargetSettings;
  readonly #classes: number;
  readonly #classWeights: readonly number[] | undefined;
  /** Cross-entropy of hard labels, each counted alike. */
  readonly #isPlain: boolean;

  /** @throws TrainingError where class weights don't fit the examples. */
  constructor(settings: TargetSettings & MixingSettings, train: Examples) {
    const { loss, labelSmoothing, classWeights, mixup, cutmix } = settings;
    this.#settings = settings;
    this.#classes = train.classes;
    this.#classWeights = classWeights && classWeightsOf(classWeights, train);
    this.#isPlain = loss.name === 'cross-entropy' && labelSmoothing === 0 && !classWeights && !mixup && !cutmix;
  }

  /**
   * A loss for each part, divided by the rows of the whole batch, or by their class weights.
   *
   * @param rows Of the whole batch.
   * @throws TrainingError, in every replica, where no row has a weight.
   */
  of(parts: readonly StepPart[], rows: number, replica: Replica): PartLoss[] {
    if (this.#isPlain) {
      return parts.map(({ batch }) => (logits) => {
        return softmaxCrossEntropy(logits, tf.tensor1d(batch.labels, 'int32'), { count: rows });
      });
    }
    const targets = parts.map(({ answers }) => lossTargets(answers, this.#classes, this.#settings, this.#classWeights));
    const count = this.#classWeights ? totalOf(targets, replica) : rows;
    return parts.map(
      ({ hits }, i) =>
        (logits) =>
          this.#lossOf(logits, targets[i] as Targets, hits, count),
    );
  }

  #lossOf(logits: tf.Tensor2D, { targets, rowWeights }: Targets, hits: Int32Array, count: number): CrossEntropy {
    const given = {
      targets: tf.tensor2d(targets, [hits.length, this.#classes]),
      labels: tf.tensor1d(hits, 'int32'),
      ...(rowWeights && { rowWeights: tf.tensor1d(rowWeights) }),
    };
    return classificationLoss(logits, given, this.#settings.loss, { count });
  }
}

/** Over all replicas. */
function totalOf(targets: readonly Targets[], replica: Replica): number {
  const totals = Float64Array.of(targets.reduce((sum, { total }) => sum + total, 0));
  replica.sum(totals);
  const [total = 0] = totals;
  if (total > 0) return total;
  throw new TrainingError(
    'fit: classWeights must leave each batch a row that counts; one had only classes of weight 0. Use larger batches, or weights above 0.',
  );
}
