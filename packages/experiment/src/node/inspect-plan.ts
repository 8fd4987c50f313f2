import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { datasetFacts } from '@ablate/datasets/schema';
import {
  type Difference,
  type Environment,
  fingerprint,
  type Plan,
  type PlanRun,
  resolveConfig,
} from '../schema/index.ts';
import { type FinishedRun, readFinishedRun } from './finished-run.ts';
import { findResumePoint } from './prepare-run-folder.ts';
import { readRunState } from './run-state.ts';

/** How fast a variant trains here. */
export interface Speed {
  /** Training images a second. */
  imagesPerSecond: number;
  /** Seconds of evaluation for each second of training. */
  evaluation: number;
}

/** A planned run, and what is there of it. */
export interface InspectedRun {
  run: PlanRun;
  /** `changed`: it was finished, but what decides its weights has changed since. */
  state: 'new' | 'done' | 'changed';
  /** What changed. */
  differences: Difference[];
  /** Analyses that are added to a run that is done. */
  missing: string[];
  /** Where a run that was broken off goes on: after this step, in this epoch. Null: it starts at the beginning, or is done. */
  resumesAt: { step: number; epoch: number } | null;
  /** Expected seconds of training and evaluation; 0 for what is done, null where no run of the variant was timed. */
  seconds: number | null;
}

/**
 * Says of each run of a plan whether it is done and how long it will take.
 *
 * @param out Folder that holds a folder for each study.
 * @param measured Speeds by variant, where they were measured; the others are those of finished runs.
 */
export async function inspectPlan(
  plan: Plan,
  out: string,
  environment: Environment,
  measured: ReadonlyMap<string, Speed> = new Map(),
): Promise<InspectedRun[]> {
  const inspected = plan.runs.map(async (run): Promise<InspectedRun> => {
    const { finished, differences, missing } = readRunState(join(out, plan.name, run.id), run.config, environment);
    const done = finished !== null && differences.length === 0;
    const speed = measured.get(run.variant) ?? recordedSpeed(join(out, plan.name, run.variant), run, environment);
    const resumesAt = finished === null ? await resumePlace(join(out, plan.name, run.id), run, environment) : null;
    return {
      run,
      state: done ? 'done' : finished === null ? 'new' : 'changed',
      differences,
      missing: done ? missing.map(({ name }) => name) : [],
      resumesAt,
      seconds: done ? 0 : speed && secondsOf(run, speed, plan.images, resumesAt?.step),
    };
  });
  return Promise.all(inspected);
}

async function resumePlace(folder: string, run: PlanRun, environment: Environment): Promise<InspectedRun['resumesAt']> {
  const config = resolveConfig(run.config, environment);
  const request = { folder, config, fingerprint: fingerprint(config, environment), versions: environment.versions };
  const { resume } = await findResumePoint(request);
  if (resume === null) return null;
  const { optimizer, stepsPerEpoch } = resume.checkpoint.snapshot;
  return { step: optimizer.steps, epoch: Math.floor(optimizer.steps / stepsPerEpoch) + 1 };
}

function secondsOf(
  { config }: PlanRun,
  { imagesPerSecond, evaluation }: Speed,
  images: Plan['images'],
  taken = 0,
): number {
  const { train } = datasetFacts(config.dataset, images).counts;
  const {
    epochs,
    batchSize,
    maxSteps = Number.POSITIVE_INFINITY,
    maxTime = Number.POSITIVE_INFINITY,
  } = config.training;
  const examples = Math.max(0, Math.min(epochs * train, maxSteps * batchSize) - taken * batchSize);
  return Math.min(examples / imagesPerSecond, maxTime) * (1 + evaluation);
}

/** The median over a variant's finished runs on the same backend, with as many workers. */
function recordedSpeed(folder: string, { config }: PlanRun, environment: Environment): Speed | null {
  const { backend, workers } = resolveConfig(config, environment);
  const speeds = finishedRunsIn(folder)
    .filter(
      ({ run, timings }) => run.backend.name === backend && run.config.workers === workers && timings.trainSeconds > 0,
    )
    .map(({ timings: { examplesPerSecond, evaluateSeconds, trainSeconds } }) => ({
      imagesPerSecond: examplesPerSecond,
      evaluation: evaluateSeconds / trainSeconds,
    }))
    .sort((a, b) => a.imagesPerSecond - b.imagesPerSecond);
  return speeds[Math.floor(speeds.length / 2)] ?? null;
}

function finishedRunsIn(folder: string): FinishedRun[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.startsWith('seed-'));
  } catch {
    // No run of the variant was ever started.
    return [];
  }
  return names.sort().flatMap((name) => readFinishedRun(join(folder, name)) ?? []);
}
