import { describe, expect, test } from 'vitest';
import fixture from '../../fixtures/predictions.json' with { type: 'json' };
import { calibration } from './calibration.ts';
import { classReport } from './class-report.ts';
import { topClass } from './class-scores.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import { precisionRecallReport } from './precision-recall.ts';
import { rocReport } from './roc.ts';

/** Ties (one and two decimals) and a class without examples among them. */
describe.each(fixture.cases)('as scikit-learn has it, for $classes classes', (expected) => {
  test('ROC curves and areas', () => {
    expect(rocReport(expected)).toEqual({
      classes: expected.curves.map(
        (curve) =>
          curve && {
            falsePositiveRate: close(curve.falsePositiveRate),
            truePositiveRate: close(curve.truePositiveRate),
            thresholds: curve.rocThresholds,
            auc: closeTo(curve.auc),
          },
      ),
      macroAuc: closeTo(expected.macroAuc),
      absent: absentClasses(expected.curves),
    });
  });

  test('precision-recall curves and average precision', () => {
    expect(precisionRecallReport(expected)).toEqual({
      classes: expected.curves.map(
        (curve) =>
          curve && {
            recall: close(curve.recall),
            precision: close(curve.precision),
            thresholds: curve.prThresholds,
            averagePrecision: closeTo(curve.averagePrecision),
          },
      ),
      macroAveragePrecision: closeTo(expected.macroAveragePrecision),
      absent: absentClasses(expected.curves),
    });
  });

  test('precision, recall, F1, accuracy', () => {
    const predictions = expected.labels.map((_, example) => topClass(expected, example).top);
    const { accuracy, classes } = classReport(confusionMatrix(expected.labels, predictions, expected.classes));
    expect(accuracy).toBeCloseTo(expected.accuracy, 12);
    expect(classes.map(({ support }) => support)).toEqual(expected.support);
    expect(classes.map(({ precision }) => precision)).toEqual(close(expected.precision));
    expect(classes.map(({ recall }) => recall)).toEqual(close(expected.recall));
    expect(classes.map(({ f1 }) => f1)).toEqual(close(expected.f1));
  });

  test.each(expected.calibration)('calibration in $bins bins', (binned) => {
    const found = calibration(expected, { bins: binned.bins });
    expect(found.bins.map(({ count }) => count)).toEqual(binned.counts);
    const filled = found.bins.filter(({ count }) => count > 0);
    expect(filled.map(({ accuracy }) => accuracy)).toEqual(close(binned.accuracy));
    expect(filled.map(({ confidence }) => confidence)).toEqual(close(binned.confidence));
    expect(found.expectedError).toBeCloseTo(binned.expectedError, 12);
    expect(found.maximumError).toBeCloseTo(binned.maximumError, 12);
  });
});

function closeTo(value: number): number {
  return expect.closeTo(value, 12) as number;
}

function close(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value) => value && closeTo(value));
}

function absentClasses(curves: readonly unknown[]): number[] {
  return curves.flatMap((curve, of) => (curve === null ? [of] : []));
}
