import { badWeight } from './not-finite.ts';
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

  /**
   * @param options Undefined: nothing is ever due.
   * @param resumedAt Steps before the snapshot that the run goes on from.
   */
  constructor(options: CheckpointOptions | undefined, take: () => Promise<Snapshot>, resumedAt: number | undefined) {
    this.#options = options;
    this.#step = resumedAt;
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
    const step = snapshot.optimizer.steps;
    const bad = badWeight(snapshot.weights);
    // A checkpoint is one to go on from.
    if (bad !== undefined) {
      throw new TrainingError(
        `fit: weights must stay finite; "${bad}" did not, in step ${step} at the latest.${lastGood(this.#step)} Use a smaller learning rate.`,
      );
    }
    await this.#options.save(snapshot);
    this.#step = step;
    this.#last = performance.now();
  }
}

/** Says of which step the last checkpoint is. */
export function lastGood(step: number | undefined): string {
  return step === undefined ? ' There is no checkpoint yet.' : ` The last good checkpoint is of step ${step}.`;
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
