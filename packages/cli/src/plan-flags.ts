import type { Shard } from '@ablate/experiment/schema';
import { type Command, InvalidArgumentError } from 'commander';
import { addSelectionFlags, type SelectionFlags } from './selection-flags.ts';

/** The flags that change what is run of a study. */
export interface PlanFlags extends SelectionFlags {
  seed?: number[];
  limit?: number;
  epochs?: number;
  backend?: string;
  workers?: number | 'auto';
  shard?: Shard;
}

/** Adds the flags of a study, and those that change its runs and say where results are. */
export function addPlanFlags(command: Command): Command {
  return addRunFlags(command)
    .option('--shard <i/n>', 'the i-th of n parts of the runs, for jobs that share the work', shardFlag)
    .option('--out <folder>', 'folder of the results', 'results');
}

/** Adds the flags of a study, and those that change its runs. */
export function addRunFlags(command: Command): Command {
  return addSelectionFlags(command)
    .option('--seed <n>', 'use this seed instead of those of the study; may be repeated', collectSeeds)
    .option('--limit <n>', 'train on at most this many examples', wholeNumber)
    .option('--epochs <n>', 'train this many epochs', wholeNumber)
    .option('--backend <name>', 'what computes: auto, wasm or cpu')
    .option(
      '--workers <n>',
      'threads that share each batch: auto, as many as the cores and a step has work for, or a number',
      workersFlag,
    );
}

export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number.isSafeInteger(Number(text))) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number ≥ 1; received "${text}".`);
}

function workersFlag(text: string): number | 'auto' {
  return text === 'auto' ? text : wholeNumber(text);
}

/** Seconds from 0. */
export function seconds(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError(`It must be a number of seconds ≥ 0; received "${text}".`);
}

function shardFlag(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (index === undefined || count === undefined) {
    throw new InvalidArgumentError(`It must be a part and the number of parts, as in 1/3; received "${text}".`);
  }
  return { index: Number(index), count: Number(count) };
}

function collectSeeds(text: string, before: number[] = []): number[] {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return [...before, Number(text)];
  throw new InvalidArgumentError(`A seed must be a whole number ≥ 0; received "${text}".`);
}
