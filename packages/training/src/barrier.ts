import { TrainingError } from './training-error.ts';

/** Words of the control buffer. */
const ARRIVED = 0;
const GENERATION = 1;
const STOP = 2;
const FAILED = 3;
const ENDED = 4;
export const CONTROL_BYTES = 5 * 4;

/** Looks at the generation before a thread goes to sleep: some tens of microseconds. Waking one costs about as much. */
const SPINS = 4000;
/** Milliseconds after which a sleeper looks whether the others are still there. */
const NAP = 1000;

/**
 * Where the threads of a run wait for each other. What a thread wrote to shared memory before it arrived, all can read
 * once they leave.
 */
export class Barrier {
  readonly #control: Int32Array;
  readonly #threads: number;
  readonly #spins: number;
  /** Milliseconds that this thread has waited. */
  waited = 0;

  /** @param spin False where there are more threads than cores: a spinning thread would keep the others from working. */
  constructor(control: SharedArrayBuffer, threads: number, spin: boolean) {
    this.#control = new Int32Array(control);
    this.#threads = threads;
    this.#spins = spin ? SPINS : 0;
  }

  get stopRequested(): boolean {
    return Atomics.load(this.#control, STOP) !== 0;
  }

  /** @throws TrainingError if another thread failed, or ended without arriving. */
  wait(): void {
    const control = this.#control;
    const generation = Atomics.load(control, GENERATION);
    if (Atomics.add(control, ARRIVED, 1) + 1 === this.#threads) {
      Atomics.store(control, ARRIVED, 0);
      Atomics.add(control, GENERATION, 1);
      Atomics.notify(control, GENERATION);
    } else {
      const started = performance.now();
      this.#sleepUntilAfter(generation);
      this.waited += performance.now() - started;
    }
    if (Atomics.load(control, FAILED) !== 0) {
      throw new TrainingError('replica: another replica failed; its error is the one to read.');
    }
  }

  #sleepUntilAfter(generation: number): void {
    const control = this.#control;
    for (let spin = 0; spin < this.#spins; spin++) {
      if (Atomics.load(control, GENERATION) !== generation) return;
    }
    while (Atomics.load(control, GENERATION) === generation) {
      // Looked at twice: the last to arrive may have gone on and ended since.
      if (Atomics.load(control, ENDED) !== 0 && Atomics.load(control, GENERATION) === generation) {
        throw new TrainingError('replica: all replicas must meet the same number of times; another ended early.');
      }
      Atomics.wait(control, GENERATION, generation, NAP);
    }
  }
}

/** The main thread's hold on the threads: it never waits. */
export class BarrierControl {
  readonly buffer = new SharedArrayBuffer(CONTROL_BYTES);
  readonly #control = new Int32Array(this.buffer);

  /** Asks all threads to end after their step. */
  requestStop(): void {
    Atomics.store(this.#control, STOP, 1);
  }

  /** A thread came to its end; any that still waits for it would wait for ever. */
  ended(): void {
    this.#tell(ENDED);
  }

  /** A thread failed: the waiting ones are woken with an error. */
  fail(): void {
    this.#tell(FAILED);
    Atomics.add(this.#control, GENERATION, 1);
    Atomics.notify(this.#control, GENERATION);
  }

  #tell(word: number): void {
    Atomics.store(this.#control, word, 1);
    Atomics.notify(this.#control, GENERATION);
  }
}
