import { join } from 'node:path';
import {
  calibration,
  classReport,
  confusionMatrix,
  DOCTOR_THRESHOLDS,
  gradientRatio,
  learningGap,
  networkOfGraph,
  precisionRecallReport,
  rocReport,
  summarize,
  unproductiveLayers,
} from '@ablate/analysis/schema';
import type { TrainingEvent } from '@ablate/training/schema';
import { type AnalysisRequest, type RunConfig, type RunMetrics, sourcesOf } from '../schema/index.ts';
import { writeAnalysis } from './analysis-files.ts';
import { readClassScores, readPredictions } from './predictions-files.ts';
import { readEvents } from './read-events.ts';
import { activationRecords, examine, gradientFlows } from './training-probes.ts';

/** Metrics that only some analyses give. */
export type AskedMetrics = Pick<RunMetrics, 'macroAuc' | 'expectedCalibrationError' | 'gradientRatio'>;

/** Whether an analysis reads the model or the images of the test set: it has a process of its own once a run is done. */
export function needsProcess({ name }: AnalysisRequest): boolean {
  return sourcesOf(name).some((source) => source === 'model' || source === 'images');
}

/**
 * Writes the files of each of the analyses that need no tensors, from what the run has left in its folder.
 * A run that was stopped has no predictions: what needs them is left out.
 *
 * @returns The metrics among what was found.
 */
export function writeAnalyses(
  folder: string,
  { analysis, graph }: Pick<RunConfig, 'analysis' | 'graph'>,
): AskedMetrics {
  const metrics: AskedMetrics = {};
  for (const request of analysis) {
    if (needsProcess(request)) continue;
    const value = analyse(request, graph, folder, metrics);
    if (value !== null) writeAnalysis(folder, request.name, value);
  }
  return metrics;
}

function analyse(
  { name, options }: AnalysisRequest,
  graph: RunConfig['graph'],
  folder: string,
  metrics: AskedMetrics,
): object | null {
  switch (name) {
    case 'parameters':
    case 'receptive-field':
      return { ...summarize(graph), unproductive: unproductiveLayers(networkOfGraph(graph)) };
    case 'learning-curves': {
      const epochs = eventsOf(folder).filter((event) => event.type === 'epoch');
      return { epochs, gap: learningGap(epochs) };
    }
    case 'confusion-matrix': {
      const predictions = readPredictions(folder);
      if (predictions === null) return null;
      const { classNames, labels } = predictions;
      const matrix = confusionMatrix(labels, predictions.predictions, classNames.length);
      return { classNames, matrix, report: classReport(matrix) };
    }
    case 'roc': {
      const scores = readClassScores(folder);
      if (scores === null) return null;
      const report = rocReport(scores);
      if (report.macroAuc !== null) metrics.macroAuc = report.macroAuc;
      return { classNames: scores.classNames, ...report };
    }
    case 'precision-recall': {
      const scores = readClassScores(folder);
      return scores === null ? null : { classNames: scores.classNames, ...precisionRecallReport(scores) };
    }
    case 'calibration': {
      const scores = readClassScores(folder);
      if (scores === null) return null;
      const report = calibration(scores, options);
      if (report.expectedError !== null) metrics.expectedCalibrationError = report.expectedError;
      return report;
    }
    case 'gradient-flow': {
      const flows = gradientFlows(eventsOf(folder));
      const ratio = flows && gradientRatio(flows);
      if (ratio !== null) metrics.gradientRatio = ratio;
      return flows;
    }
    case 'activations':
      return activationRecords(eventsOf(folder));
    case 'doctor': {
      const findings = examine(eventsOf(folder));
      return findings && { findings, thresholds: DOCTOR_THRESHOLDS };
    }
    default:
      throw new Error(`internal: the analysis "${name}" is not made from files.`);
  }
}

function eventsOf(folder: string): TrainingEvent[] {
  return readEvents(join(folder, 'metrics.jsonl'));
}
