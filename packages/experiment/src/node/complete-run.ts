import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AnalysisName, type AnalysisRequest, canonicalJson, type Plan, sourcesOf } from '../schema/index.ts';
import { analysisFile } from './analysis-files.ts';
import type { FinishedRun } from './finished-run.ts';
import { launchMeasurement } from './launch-run.ts';
import { hasProbabilities } from './predictions-files.ts';
import { needsProcess, writeAnalyses } from './write-analyses.ts';
import { writeJson } from './write-file.ts';

/** A finished run with everything that the plan asks for, or why it can't be had without training again. */
export type CompletedRun =
  | { type: 'complete'; finished: FinishedRun; added: AnalysisName[] }
  | { type: 'incomplete'; reason: string };

/** Analyses of a config that a finished run lacks, or has with other options. */
export function missingAnalyses(
  folder: string,
  { run, timings }: FinishedRun,
  wanted: readonly AnalysisRequest[],
): AnalysisRequest[] {
  const had = new Set(run.config.analysis.map((request) => canonicalJson(request)));
  return wanted.filter((request) => {
    if (!had.has(canonicalJson(request))) return true;
    if (request.name === 'timing') return timings.inference === undefined;
    return !existsSync(analysisFile(folder, request.name));
  });
}

/** Adds what a plan asks for and a finished run lacks: from its files, or with its saved model. Nothing is trained. */
export async function completeRun(
  folder: string,
  finished: FinishedRun,
  plan: Pick<Plan, 'name' | 'file'>,
  config: FinishedRun['run']['config'],
): Promise<CompletedRun> {
  const missing = missingAnalyses(folder, finished, config.analysis);
  const timings = { ...finished.timings };
  const analysis = missing.filter(needsProcess);
  const probabilities = missing.some(({ name }) => sourcesOf(name).includes('probabilities'));
  if (analysis.length > 0 || (probabilities && !hasProbabilities(folder))) {
    const backend = finished.run.backend.name;
    const measured = await launchMeasurement({ folder, config, backend, analysis, probabilities });
    if (measured.type !== 'measured') {
      const why = measured.type === 'failed' ? measured.error : 'internal: a run was done instead';
      const needed = analysis.length === 0 ? missing : analysis;
      const names = needed.map(({ name }) => name).join(', ');
      return {
        type: 'incomplete',
        reason: `${names} need${needed.length === 1 ? 's' : ''} its model, which can't be used: ${why}`,
      };
    }
    if (measured.inference !== null) {
      timings.inference = measured.inference;
      writeJson(join(folder, 'timings.json'), timings);
    }
  }
  const asked = writeAnalyses(folder, { analysis: missing, graph: config.graph });
  const { metrics } = finished.run;
  const run = {
    ...finished.run,
    experiment: plan.name,
    file: plan.file,
    config,
    ...(metrics && { metrics: { ...metrics, ...asked } }),
  };
  if (canonicalJson(run) !== canonicalJson(finished.run)) writeJson(join(folder, 'run.json'), run);
  return { type: 'complete', finished: { run, timings }, added: missing.map(({ name }) => name) };
}
