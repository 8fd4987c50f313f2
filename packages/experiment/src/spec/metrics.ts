import type { AnalysisName } from './analyses.ts';

/** What is measured of every run, or known of its network. */
export interface MetricDescription {
  summary: string;
  /** Which direction is better. */
  better: 'higher' | 'lower';
  /** `share`: in [0, 1]. `nats`: of the recipe's loss, with the natural logarithm. */
  unit: 'share' | 'nats' | 's' | 'ms' | 'examples/s' | 'count' | 'ratio';
  /** It follows from the network: no seed changes it. */
  exact?: true;
  /** The analysis that measures it, where it is not always measured. */
  analysis?: AnalysisName;
}

/** The metrics that a study can make claims about, by name; comparisons use the same names. */
export const metrics = {
  testAccuracy: { summary: 'accuracy on the test set', better: 'higher', unit: 'share' },
  testLoss: {
    summary: "mean of the recipe's loss on the test set, without smoothing or class weights",
    better: 'lower',
    unit: 'nats',
  },
  validationAccuracy: { summary: 'accuracy on the validation split', better: 'higher', unit: 'share' },
  trainAccuracy: {
    summary: 'accuracy on a fixed part of the training set, in inference mode, after training',
    better: 'higher',
    unit: 'share',
  },
  trainLoss: {
    summary: "mean of the recipe's loss on that part of the training set, in inference mode, after training",
    better: 'lower',
    unit: 'nats',
  },
  runningAccuracy: {
    summary: "mean over the last epoch's batches, dropout on, while the weights moved",
    better: 'higher',
    unit: 'share',
  },
  generalizationGap: { summary: 'trainAccuracy minus testAccuracy', better: 'lower', unit: 'share' },
  macroAuc: {
    summary: 'area under the ROC curve of each class against the rest, mean over classes',
    better: 'higher',
    unit: 'share',
    analysis: 'roc',
  },
  expectedCalibrationError: {
    summary: 'how far confidence is from accuracy, mean over bins of confidence',
    better: 'lower',
    unit: 'share',
    analysis: 'calibration',
  },
  gradientRatio: {
    summary: 'gradient of the first kernel as a share of that of the last, root mean squares, median over steps',
    better: 'higher',
    unit: 'ratio',
    analysis: 'gradient-flow',
  },
  trainSeconds: { summary: 'training steps of all epochs, without evaluation', better: 'lower', unit: 's' },
  examplesPerSecond: { summary: 'training examples a second', better: 'higher', unit: 'examples/s' },
  batchMilliseconds: {
    summary: 'inference of one batch, median',
    better: 'lower',
    unit: 'ms',
    analysis: 'timing',
  },
  imageMilliseconds: {
    summary: 'inference of one image, median',
    better: 'lower',
    unit: 'ms',
    analysis: 'timing',
  },
  parameters: { summary: 'trainable parameters', better: 'lower', unit: 'count', exact: true },
  macs: { summary: 'multiply-accumulates of one example', better: 'lower', unit: 'count', exact: true },
} as const satisfies Record<string, MetricDescription>;

export type MetricName = keyof typeof metrics;

/** The names, in the order of {@link metrics}. */
export const metricNames = Object.keys(metrics) as [MetricName, ...MetricName[]];

/** What is known of a metric. */
export function describeMetric(name: MetricName): MetricDescription {
  return metrics[name];
}
