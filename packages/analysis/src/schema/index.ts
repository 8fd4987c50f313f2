export { type ClassReport, type ClassScore, classReport } from './class-report.ts';
export { confusionMatrix } from './confusion-matrix.ts';
export { accuracyInterval, type MeanInterval, meanInterval } from './intervals.ts';
export { decide, holm, type PairedDifference, pairedDifference, type Verdict } from './paired-difference.ts';
export { quantile } from './quantile.ts';
export { type InputWindow, type Pair, type ReceptiveField, receptiveFields } from './receptive-field.ts';
export { type Summary, type SummaryRow, summarize } from './summarize.ts';
