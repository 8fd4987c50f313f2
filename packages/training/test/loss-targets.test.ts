import { expect, test } from 'vitest';
import { classWeightsOf, lossTargets } from '../src/loss-targets.ts';
import { lossSchema } from '../src/schema/targets.ts';
import { examplesOf } from './problems.ts';

const crossEntropy = lossSchema.parse({ name: 'cross-entropy' });
const focal = lossSchema.parse({ name: 'focal' });

test('smoothing by hand: 0.2 of four classes', () => {
  const { targets, total, rowWeights } = lossTargets({ labels: [2] }, 4, { loss: crossEntropy, labelSmoothing: 0.2 });
  expectClose(targets, [0.05, 0.05, 0.85, 0.05]);
  expect(total).toBe(1);
  expect(rowWeights).toBeUndefined();
});

test('a mixture has both labels by their shares, then smoothing; of equal labels it is one', () => {
  const mixture = { labels: [0, 1], partners: [2, 1], shares: [0.75, 0.4] };
  const { targets, total } = lossTargets(mixture, 3, { loss: crossEntropy, labelSmoothing: 0.3 });
  expectClose(targets, [0.7 * 0.75 + 0.1, 0.1, 0.7 * 0.25 + 0.1, 0.1, 0.8, 0.1]);
  expect(total).toBeCloseTo(2, 15);
});

test('class weights: in the targets of cross-entropy, a weight for each row elsewhere; the total is the same', () => {
  const mixture = { labels: [0, 1], partners: [1, 1], shares: [0.75, 1] };
  const weights = [2, 0.5];
  const inTargets = lossTargets(mixture, 2, { loss: crossEntropy, labelSmoothing: 0 }, weights);
  expectClose(inTargets.targets, [1.5, 0.125, 0, 0.5]);
  expect(inTargets.rowWeights).toBeUndefined();
  const ofRows = lossTargets(mixture, 2, { loss: focal, labelSmoothing: 0 }, weights);
  expectClose(ofRows.targets, [0.75, 0.25, 0, 1]);
  expectClose(ofRows.rowWeights ?? [], [1.625, 0.5]);
  expect([inTargets.total, ofRows.total]).toEqual([2.125, 2.125]);
});

test('balanced: all examples over classes times those of the class', () => {
  const examples = examplesOf([[0], [0], [0], [0], [0], [0]], [0, 0, 0, 1, 1, 2]);
  expectClose(classWeightsOf('balanced', examples), [6 / 9, 1, 2]);
  expect(classWeightsOf([1, 2, 3], examples)).toEqual([1, 2, 3]);
});

test('weights that do not fit the classes are refused', () => {
  const examples = examplesOf([[0], [0]], [0, 0], { classes: 2 });
  expect(() => classWeightsOf('balanced', examples)).toThrowErrorMatchingInlineSnapshot(
    `[TrainingError: classWeights: "balanced" needs an example of each class; class 1 has none in the training set. Write the weights out.]`,
  );
  expect(() => classWeightsOf([1, 2, 3], examples)).toThrowErrorMatchingInlineSnapshot(
    `[TrainingError: classWeights: must have a weight for each of the 2 classes; received 3.]`,
  );
});

function expectClose(values: ArrayLike<number>, expected: readonly number[]): void {
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(values[i]!, `value ${i}`).toBeCloseTo(value, 6);
}
