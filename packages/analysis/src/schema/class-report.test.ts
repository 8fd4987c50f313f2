import { expect, test } from 'vitest';
import { classReport } from './class-report.ts';
import { confusionMatrix } from './confusion-matrix.ts';

test('rows of the matrix are true classes, columns predicted ones', () => {
  expect(confusionMatrix([0, 0, 1, 2, 2, 2], Uint8Array.of(0, 1, 1, 0, 2, 2), 4)).toEqual([
    [1, 1, 0, 0],
    [0, 1, 0, 0],
    [1, 0, 2, 0],
    [0, 0, 0, 0],
  ]);
});

/** Worked out by hand from the matrix; class 3 neither occurs nor is predicted, class 2 is never predicted. */
test('precision, recall and F1 of each class; 0/0 has no value', () => {
  const report = classReport([
    [3, 1, 0, 0],
    [1, 4, 0, 0],
    [1, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  expect(report).toEqual({
    accuracy: 0.7,
    total: 10,
    classes: [
      { precision: 3 / 5, recall: 3 / 4, f1: 6 / 9, support: 4 },
      { precision: 4 / 5, recall: 4 / 5, f1: 8 / 10, support: 5 },
      { precision: null, recall: 0, f1: 0, support: 1 },
      { precision: null, recall: null, f1: null, support: 0 },
    ],
  });
});

test('nothing classified has no accuracy', () => {
  expect(classReport([[0]]).accuracy).toBeNull();
});

test.each([
  [[0, 1], [0], 'confusionMatrix: there must be one prediction for each label; received 2 labels and 1 predictions.'],
  [[0, 2], [0, 0], 'confusionMatrix: each label must be a whole number in [0, 2); received 2 at index 1.'],
  [[0], [-1], 'confusionMatrix: each prediction must be a whole number in [0, 2); received -1 at index 0.'],
  [[0.5], [0], 'confusionMatrix: each label must be a whole number in [0, 2); received 0.5 at index 0.'],
])('labels %j and predictions %j are refused', (labels, predictions, message) => {
  expect(() => confusionMatrix(labels, predictions, 2)).toThrow(new RangeError(message));
});

test('a matrix that is not square is refused', () => {
  expect(() => classReport([[1, 2], [3]])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: classReport: the matrix must have as many columns as rows (=2); received 1 in row 1.]`,
  );
});
