import { randomStream } from '@ablate/random';
import { describe, expect, test } from 'vitest';
import { launchReplicas } from '../src/node/index.ts';
import { DEEP, figure } from './figures.ts';
import { STEPS_PER_EPOCH, type Task, type Trained } from './resume-program.ts';

/* A training that dies at any step and goes on from the bytes of its last checkpoint ends as the unbroken one. */

/** Broken trainings of each recipe and number of replicas. */
const BROKEN = DEEP ? 50 : 6;
const STEPS = 4 * STEPS_PER_EPOCH;

const recipes: Record<string, object> = {
  sgd: { optimizer: { name: 'sgd', learningRate: 0.1 } },
  adam: { optimizer: { name: 'adam', learningRate: 0.02 } },
  'ema, cosine, early stopping, mixup, clipping, accumulation': {
    optimizer: { name: 'adamw', learningRate: 0.05 },
    schedule: { name: 'cosine', warmupSteps: 3 },
    ema: { decay: 0.8 },
    earlyStopping: { patience: 2 },
    mixup: { alpha: 1 },
    clipNorm: 0.5,
    accumulate: 2,
  },
  'plateau, early stopping, momentum': {
    optimizer: { name: 'momentum', learningRate: 0.05 },
    schedule: { name: 'plateau', patience: 0, threshold: 0.2, factor: 0.5 },
    earlyStopping: { patience: 3, minDelta: 0.05 },
  },
};

describe.each([1, 2])('%i replicas', (workers) => {
  test.each(Object.keys(recipes))('%s', async (name) => {
    const task: Task = { recipe: recipes[name] as object, broken: brokenAt(`${name}/${workers}`) };
    const module = new URL('./resume-program.ts', import.meta.url);
    const [unbroken, ...goneOn] = await launchReplicas<never, Trained[]>({ module, data: task, workers });
    expect(goneOn).toHaveLength(BROKEN);
    for (const [i, trained] of goneOn.entries()) {
      const how = task.broken[i];
      expect({ how, ...trained }).toEqual({ how, ...unbroken });
    }
    figure(`${name}, ${workers} replicas: ${BROKEN} broken trainings, each ended with the same bits`);
  });
});

/** One to three deaths each, at any step, first ones and last ones of epochs too; checkpoints every 1 to 7 steps. */
function brokenAt(name: string): Task['broken'] {
  const draws = randomStream(11, `deaths/${name}`);
  let drawn = 0;
  const upTo = (bound: number) => 1 + draws.integer(drawn++, bound);
  return Array.from({ length: BROKEN }, () => ({
    everySteps: upTo(7),
    deaths: Array.from({ length: upTo(3) }, () => upTo(STEPS)),
  }));
}
