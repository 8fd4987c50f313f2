import process from 'node:process';
import { MultiBar } from 'cli-progress';
import type { Terminal } from './program.ts';

/** What a bar shows beside its length. */
export interface BarStatus {
  /** Before the bar. */
  name: string;
  loss: string;
  accuracy: string;
  speed: string;
  left: string;
}

/** A bar of a run that is being trained. */
export interface ProgressBar {
  update(step: number, status: BarStatus): void;
  end(): void;
}

/** Lines, and below them a bar for each run that is being trained, where a person is watching. */
export class ProgressScreen {
  readonly #terminal: Terminal;
  #bars: MultiBar | null = null;
  #shown = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** A line of its own, above the bars where there are any. */
  line(text: string): void {
    if (this.#bars === null) return this.#terminal.err(`${text}\n`);
    this.#bars.log(`\u001b[K${text}\n`);
    this.#bars.update();
  }

  /** Null where nobody is watching. */
  bar(total: number, done: number, status: BarStatus): ProgressBar | null {
    if (!this.#terminal.interactive) return null;
    const bars = (this.#bars ??= new MultiBar({
      format: '  {name}{bar} {value}/{total}  loss {loss}  accuracy {accuracy}  {speed} images/s  {left} left',
      clearOnComplete: true,
      gracefulExit: false,
      stream: process.stderr,
    }));
    const bar = bars.create(total, done, status);
    this.#shown++;
    return {
      update: (step, now) => bar.update(step, now),
      end: () => {
        bars.remove(bar);
        if (--this.#shown > 0) return;
        bars.stop();
        this.#bars = null;
      },
    };
  }
}
