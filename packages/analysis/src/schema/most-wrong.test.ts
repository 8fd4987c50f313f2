import { expect, test } from 'vitest';
import { calibration } from './calibration.ts';
import { mostWrong } from './most-wrong.ts';
import { precisionRecallCurve, precisionRecallReport } from './precision-recall.ts';
import { rocCurve, rocReport } from './roc.ts';

const scores = {
  labels: [0, 1, 2, 1, 0],
  probabilities: [0.9, 0.1, 0, 0.6, 0.3, 0.1, 0.1, 0.8, 0.1, 0.1, 0.8, 0.1, 0.2, 0.2, 0.6],
  classes: 3,
};

test('the wrong examples, the surest first, of equals the first', () => {
  expect(mostWrong(scores)).toEqual([
    { index: 2, label: 2, prediction: 1, confidence: 0.8, labelProbability: 0.1 },
    { index: 1, label: 1, prediction: 0, confidence: 0.6, labelProbability: 0.3 },
    { index: 4, label: 0, prediction: 2, confidence: 0.6, labelProbability: 0.2 },
  ]);
  expect(mostWrong(scores, 1).map(({ index }) => index)).toEqual([2]);
});

test('a confidence on an edge belongs to the bin below it', () => {
  const { bins } = calibration({ labels: [0, 0], probabilities: [0.5, 0.5, 1, 0], classes: 2 }, { bins: 2 });
  expect(bins).toEqual([
    { from: 0, to: 0.5, count: 1, confidence: 0.5, accuracy: 1 },
    { from: 0.5, to: 1, count: 1, confidence: 1, accuracy: 1 },
  ]);
});

test('nothing has no value', () => {
  const none = { labels: [], probabilities: [], classes: 2 };
  expect(rocReport(none)).toEqual({ classes: [null, null], macroAuc: null, absent: [0, 1] });
  expect(precisionRecallReport(none)).toEqual({ classes: [null, null], macroAveragePrecision: null, absent: [0, 1] });
  expect(calibration(none, { bins: 1 })).toEqual({
    expectedError: null,
    maximumError: null,
    bins: [{ from: 0, to: 1, count: 0, confidence: null, accuracy: null }],
  });
  expect(mostWrong(none)).toEqual([]);
});

test('scores that are all equal say nothing: area 1/2, precision that of chance', () => {
  const positive = [true, false, false, false];
  expect(rocCurve(positive, [7, 7, 7, 7])).toEqual({
    falsePositiveRate: [0, 1],
    truePositiveRate: [0, 1],
    thresholds: [null, 7],
    auc: 0.5,
  });
  expect(precisionRecallCurve(positive, [7, 7, 7, 7])?.averagePrecision).toBe(0.25);
});

test.each([
  [
    { labels: [0], probabilities: [1, 0, 0], classes: 2 },
    'mostWrong: there must be 2 probabilities for each of 1 labels (=2); received 3.',
  ],
  [
    { labels: [2], probabilities: [1, 0], classes: 2 },
    'mostWrong: each label must be a whole number in [0, 2); received 2 at index 0.',
  ],
  [
    { labels: [0], probabilities: [3, -2], classes: 2 },
    'mostWrong: each probability must be in [0, 1]; received 3 for class 0 of example 0. Logits? Take their softmax.',
  ],
  [
    { labels: [0], probabilities: [0.5, 0.25], classes: 2 },
    'mostWrong: the probabilities of an example must add up to 1; those of 0 give 0.75.',
  ],
  [{ labels: [], probabilities: [], classes: 0 }, 'mostWrong: classes must be a whole number from 1; received 0.'],
])('%j is refused', (wrong, message) => {
  expect(() => mostWrong(wrong)).toThrow(new RangeError(message));
});

test.each([
  [
    () => rocCurve([true], [1, 2]),
    'rocCurve: there must be one score for each example; received 1 examples and 2 scores.',
  ],
  [() => rocCurve([true], [Number.NaN]), 'rocCurve: each score must be finite; received NaN at index 0.'],
  [() => calibration(scores, { bins: 0 }), 'calibration: bins must be a whole number from 1; received 0.'],
  [() => mostWrong(scores, -1), 'mostWrong: count must be a whole number from 0; received -1.'],
])('%s is refused', (call, message) => {
  expect(call).toThrow(new RangeError(message));
});
