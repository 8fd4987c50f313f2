import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AnalysisName, type AnalysisRequest, canonicalJson, type Plan } from '../schema/index.ts';
import type { FinishedRun } from './finished-run.ts';
import { launchMeasurement } from './launch-run.ts';
import { analysisFile, writeAnalyses } from './write-analyses.ts';
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
  if (missing.some(({ name }) => name === 'timing')) {
    const backend = finished.run.backend.name;
    const measured = await launchMeasurement({ folder, graph: config.graph, backend, plugins: config.plugins });
    if (measured.type !== 'measured') {
      const why = measured.type === 'failed' ? measured.error : 'internal: a run was done instead';
      return { type: 'incomplete', reason: `timing needs its model, which can't be used: ${why}` };
    }
    timings.inference = measured.inference;
    writeJson(join(folder, 'timings.json'), timings);
  }
  writeAnalyses(folder, { analysis: missing, graph: config.graph });
  const run = { ...finished.run, experiment: plan.name, file: plan.file, config };
  if (canonicalJson(run) !== canonicalJson(finished.run)) writeJson(join(folder, 'run.json'), run);
  return { type: 'complete', finished: { run, timings }, added: missing.map(({ name }) => name) };
}
