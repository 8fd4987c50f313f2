import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { datasetFacts, datasetSchema } from '@ablate/datasets/schema';
import { type Environment, type Plan, type PlanRun, resolveConfig, type RunConfig } from '../schema/index.ts';
import type { Speed } from './inspect-plan.ts';
import { launchRun } from './launch-run.ts';

/** Batches of an epoch, and epochs: the first epoch warms up, the last is measured. */
const BATCHES = 8;
const EPOCHS = 2;

/**
 * Measures how fast each variant trains, by a few steps on a part of the data in a process of its own. Leaves no files.
 *
 * @throws Error that names the variant, where its steps fail.
 */
export async function calibrate(
  plan: Plan,
  environment: Environment,
  onVariant: (name: string) => void = () => undefined,
): Promise<Map<string, Speed>> {
  const speeds = new Map<string, Speed>();
  for (const { name } of plan.variants) {
    const run = plan.runs.find(({ variant }) => variant === name);
    if (run === undefined) continue;
    onVariant(name);
    speeds.set(name, await measure(plan, run, environment));
  }
  return speeds;
}

async function measure(plan: Plan, run: PlanRun, environment: Environment): Promise<Speed> {
  const folder = mkdtempSync(join(tmpdir(), 'ablate-calibrate-'));
  let imagesPerSecond = 0;
  try {
    const config = shortened(resolveConfig(run.config, environment), plan.images);
    const { versions } = environment;
    const { variant, fingerprint } = run;
    const request = { experiment: plan.name, file: plan.file, variant, fingerprint, config, versions, folder };
    const outcome = await launchRun(request, (message) => {
      if (message.type === 'event' && message.event.type === 'timing') {
        imagesPerSecond = message.event.examplesPerSecond;
      }
    });
    if (outcome.type === 'failed') throw new Error(`calibrate: "${variant}" can't be trained: ${outcome.error}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { imagesPerSecond, evaluation: 0 };
}

function shortened(config: RunConfig, images: Plan['images']): RunConfig {
  const { batchSize, evaluation } = config.training;
  const { classes, counts } = datasetFacts(config.dataset, images);
  const test = Math.min(counts.test, 4 * classes);
  const train = Math.ceil(Math.min(counts.train, BATCHES * batchSize) / (1 - config.dataset.split.validation));
  return {
    ...config,
    dataset: datasetSchema.parse({ ...config.dataset, limit: { train, test } }),
    training: { ...config.training, epochs: EPOCHS, evaluation: { ...evaluation, trainExamples: 1 } },
    analysis: [],
  };
}
