import { closeSync, openSync, writeSync } from 'node:fs';
import type { TrainingEvent } from '@ablate/training/schema';

/** One line of JSON for each event that does not depend on the clock: the same run gives the same bytes. */
export class MetricsLog {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  add(event: Exclude<TrainingEvent, { type: 'timing' }>): void {
    writeSync(this.#file, `${JSON.stringify(event)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}
