import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { classReport, confusionMatrix, DOCTOR_THRESHOLDS, summarize } from '@ablate/analysis/schema';
import type { TrainingEvent } from '@ablate/training/schema';
import { type AnalysisName, type AnalysisRequest, predictionsSchema, type RunConfig } from '../schema/index.ts';
import { activationRecords, examine, gradientFlows } from './training-probes.ts';
import { writeJson } from './write-file.ts';

/**
 * Writes `analysis/<name>.json` for each of the analyses, from what the run has left in its folder: needs no tensors.
 * A run that was stopped has no predictions: what needs them is left out.
 */
export function writeAnalyses(folder: string, { analysis, graph }: Pick<RunConfig, 'analysis' | 'graph'>): void {
  for (const { name } of analysis) {
    const value = analyse(name, graph, folder);
    if (value !== null) writeJson(analysisFile(folder, name), value);
  }
}

/** Where an analysis stands below a run's folder. Those that depend on the clock are in timings.json. */
export function analysisFile(folder: string, name: AnalysisRequest['name']): string {
  return join(folder, 'analysis', `${name}.json`);
}

function analyse(name: AnalysisName, graph: RunConfig['graph'], folder: string): unknown {
  switch (name) {
    case 'parameters':
    case 'receptive-field':
      return summarize(graph);
    case 'learning-curves':
      return readMetrics(folder).filter((event) => event.type === 'epoch');
    case 'confusion-matrix': {
      const predictions = readPredictions(folder);
      if (predictions === null) return null;
      const { classNames, labels } = predictions;
      const matrix = confusionMatrix(labels, predictions.predictions, classNames.length);
      return { classNames, matrix, report: classReport(matrix) };
    }
    case 'gradient-flow':
      return gradientFlows(readMetrics(folder));
    case 'activations':
      return activationRecords(readMetrics(folder));
    case 'doctor': {
      const findings = examine(readMetrics(folder));
      return findings && { findings, thresholds: DOCTOR_THRESHOLDS };
    }
    case 'timing':
      return null;
  }
}

function readMetrics(folder: string): TrainingEvent[] {
  const lines = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as TrainingEvent);
}

function readPredictions(folder: string): ReturnType<typeof predictionsSchema.parse> | null {
  try {
    return predictionsSchema.parse(JSON.parse(readFileSync(join(folder, 'predictions.json'), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
