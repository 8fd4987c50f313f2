import type { Snapshot } from './schema/snapshot.ts';
import { TrainingError } from './training-error.ts';

/** When and where snapshots of a run go. */
export interface CheckpointOptions {
  /** Steps after which one is taken. */
  everySteps?: number;
  /** Seconds after which one is taken, at the next step or end of an epoch. */
  everySeconds?: number;
  /** Awaited before training goes on: its time is the run's. What it throws ends the run. */
  save(snapshot: Snapshot): void | Promise<void>;
}

/**
 * Takes snapshots when they are due: after so many steps or seconds, and where a signal ends the run. Replicas hold
 * equal weights: the first takes them, while the others wait at their next meeting.
 */
export class Checkpoints {
  readonly #options: CheckpointOptions | undefined;
  readonly #take: () => Promise<Snapshot>;
  #last = performance.now();
  #step: number | undefined;

  /** @param options Undefined: nothing is ever due. */
  constructor(options: CheckpointOptions | undefined, take: () => Promise<Snapshot>) {
    this.#options = options;
    this.#take = take;
  }

  /** Steps before the last snapshot that was saved; undefined where there was none. */
  get step(): number | undefined {
    return this.#step;
  }

  /** After each step and each epoch. @param step Steps taken. */
  async look(step: number): Promise<void> {
    const { everySteps, everySeconds } = this.#options ?? {};
    const isStep = everySteps !== undefined && step % everySteps === 0;
    const isTime = everySeconds !== undefined && performance.now() - this.#last >= everySeconds * 1000;
    if (isStep || isTime) await this.save();
  }

  async save(): Promise<void> {
    if (this.#options === undefined) return;
    const snapshot = await this.#take();
    await this.#options.save(snapshot);
    this.#step = snapshot.optimizer.steps;
    this.#last = performance.now();
  }
}

/** @throws TrainingError */
export function checkCheckpointOptions({ everySteps, everySeconds }: CheckpointOptions): void {
  if (everySteps !== undefined && !(Number.isInteger(everySteps) && everySteps >= 1)) {
    throw new TrainingError(`fit: checkpoints.everySteps must be a whole number from 1; received ${everySteps}.`);
  }
  if (everySeconds !== undefined && !(everySeconds >= 0)) {
    throw new TrainingError(`fit: checkpoints.everySeconds must be a number from 0; received ${everySeconds}.`);
  }
}
