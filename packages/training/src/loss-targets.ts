import type { Examples } from './examples.ts';
import type { TargetSettings } from './schema/targets.ts';
import { TrainingError } from './training-error.ts';

/** What the loss compares the logits of some rows with. */
export interface Targets {
  /** Flat [rows, classes]. */
  targets: Float32Array;
  /** [rows]; where there are class weights and the loss is not cross-entropy, in whose targets they are. */
  rowWeights?: Float32Array;
  /** What the summed loss of the whole batch is divided by is the sum of this over its parts. */
  total: number;
}

/** Rows whose answer is a mixture of two labels. */
export interface LabelMixture {
  labels: ArrayLike<number>;
  /** The other label of each row. */
  partners: ArrayLike<number>;
  /** Share of the first label, in [0, 1]. */
  shares: ArrayLike<number>;
}

/**
 * Targets of rows: t = share · one-hot(label) + (1 − share) · one-hot(partner), smoothed to (1 − s) · t + s / classes.
 *
 * With class weights w, cross-entropy has the targets w · t and `total` is Σ w · t before smoothing: PyTorch's
 * cross_entropy(weight, label_smoothing) where labels are hard; where they are mixed, PyTorch divides by the rows. Other
 * losses weight a row by Σ w · t.
 *
 * @param weights One for each class: see {@link classWeightsOf}.
 */
export function lossTargets(
  { labels, partners, shares }: { labels: ArrayLike<number> } & Partial<LabelMixture>,
  classes: number,
  { loss, labelSmoothing }: Pick<TargetSettings, 'loss' | 'labelSmoothing'>,
  weights?: readonly number[],
): Targets {
  const rows = labels.length;
  const targets = new Float32Array(rows * classes);
  const rowWeights = new Float32Array(rows);
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const label = labels[row] as number;
    const partner = partners?.[row] ?? label;
    const share = shares?.[row] ?? 1;
    const weightOf = (c: number) => (weights ? (weights[c] as number) : 1);
    const weight = share * weightOf(label) + (1 - share) * weightOf(partner);
    rowWeights[row] = weight;
    total += weight;
    for (let c = 0; c < classes; c++) {
      const hard = (c === label ? share : 0) + (c === partner ? 1 - share : 0);
      const smooth = (1 - labelSmoothing) * hard + labelSmoothing / classes;
      targets[row * classes + c] = loss.name === 'cross-entropy' ? weightOf(c) * smooth : smooth;
    }
  }
  return { targets, total, ...(weights && loss.name !== 'cross-entropy' && { rowWeights }) };
}

/**
 * A weight for each class: those given, or `balanced`, all examples / (classes · examples of the class), as scikit-learn.
 * @throws TrainingError where their number is not that of the classes, or a class to balance has no example.
 */
export function classWeightsOf(setting: NonNullable<TargetSettings['classWeights']>, examples: Examples): number[] {
  const { classes, count } = examples;
  if (setting !== 'balanced') {
    if (setting.length === classes) return [...setting];
    throw new TrainingError(
      `classWeights: must have a weight for each of the ${classes} classes; received ${setting.length}.`,
    );
  }
  const counts = countLabels(examples);
  const empty = counts.indexOf(0);
  if (empty !== -1) {
    throw new TrainingError(
      `classWeights: "balanced" needs an example of each class; class ${empty} has none in the training set. Write the weights out.`,
    );
  }
  return counts.map((ofClass) => count / (classes * ofClass));
}

function countLabels(examples: Examples, chunk = 1024): number[] {
  const counts = Array.from({ length: examples.classes }, () => 0);
  for (let start = 0; start < examples.count; start += chunk) {
    const length = Math.min(chunk, examples.count - start);
    const { labels } = examples.read(Uint32Array.from({ length }, (_, i) => start + i));
    for (const label of labels) counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}
