import { type Command, InvalidArgumentError } from 'commander';
import { addSelectionFlags, type SelectionFlags } from './selection-flags.ts';

/** The flags that change what is run of a study. */
export interface PlanFlags extends SelectionFlags {
  seed?: number[];
  limit?: number;
  epochs?: number;
  backend?: string;
  workers?: number | 'auto';
}

/** Adds the flags of a study, and those that change its runs and say where results are. */
export function addPlanFlags(command: Command): Command {
  return addRunFlags(command).option('--out <folder>', 'folder of the results', 'results');
}

/** Adds the flags of a study, and those that change its runs. */
export function addRunFlags(command: Command): Command {
  return addSelectionFlags(command)
    .option('--seed <n>', 'use this seed instead of those of the study; may be repeated', collectSeeds)
    .option('--limit <n>', 'train on at most this many examples', wholeNumber)
    .option('--epochs <n>', 'train this many epochs', wholeNumber)
    .option('--backend <name>', 'what computes: auto, wasm or cpu')
    .option('--workers <n>', 'threads that share each batch: auto, one for each core, or a number', workersFlag);
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

function collectSeeds(text: string, before: number[] = []): number[] {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return [...before, Number(text)];
  throw new InvalidArgumentError(`A seed must be a whole number ≥ 0; received "${text}".`);
}
