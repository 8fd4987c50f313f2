export {
  type ActivationRecord,
  type ActivationStatistics,
  activationStatistics,
  type LayerActivations,
} from './activation-statistics.ts';
export { type Calibration, type CalibrationBin, calibration } from './calibration.ts';
export { type ClassReport, type ClassScore, classReport } from './class-report.ts';
export type { ClassScores } from './class-scores.ts';
export { confusionMatrix } from './confusion-matrix.ts';
export { DOCTOR_THRESHOLDS, doctor, type Finding, type Pathology, type TrainingRecords } from './doctor.ts';
export { EFFECTIVE_FIELD_THRESHOLD, type EffectiveField, effectiveField } from './effective-field.ts';
export {
  type GradientFlow,
  type GradientStatistics,
  gradientRatio,
  gradientStatistics,
  type WeightFlow,
  type WeightHistograms,
  weightFlow,
} from './gradient-flow.ts';
export { HISTOGRAM_BUCKETS, type Histogram, histogram } from './histogram.ts';
export { type ImageTile, imageTile } from './image-tiles.ts';
export { accuracyInterval, type MeanInterval, meanInterval } from './intervals.ts';
export { type Latency, latency } from './latency.ts';
export { type EpochScores, type LearningGap, learningGap } from './learning-gap.ts';
export { mostWrong, type WrongPrediction } from './most-wrong.ts';
export { decide, holm, type PairedDifference, pairedDifference, type Verdict } from './paired-difference.ts';
export { type Network, type NetworkNode, networkOfGraph } from './network.ts';
export { type DetectableOptions, detectableDifference, pairedPower } from './paired-power.ts';
export {
  type PrecisionRecallCurve,
  type PrecisionRecallReport,
  precisionRecallCurve,
  precisionRecallReport,
} from './precision-recall.ts';
export { quantile } from './quantile.ts';
export {
  type InputWindow,
  networkReceptiveFields,
  type Pair,
  type PartialReceptiveField,
  type ReceptiveField,
  receptiveFields,
} from './receptive-field.ts';
export { type RocCurve, type RocReport, rocCurve, rocReport } from './roc.ts';
export { type LossSpike, lossSpikes, type Stability, stability } from './stability.ts';
export {
  type NetworkSummary,
  type NetworkSummaryRow,
  type Summary,
  type SummaryRow,
  type SummaryTotals,
  summarize,
  summarizeNetwork,
} from './summarize.ts';
export { type UnproductiveLayer, unproductiveLayers } from './unproductive-layers.ts';
