import type { StudyEvent } from '@ablate/experiment/node';
import { runNotes } from '@ablate/experiment/schema';
import { SingleBar } from 'cli-progress';
import type { Terminal } from './program.ts';

type RunMessage = Extract<StudyEvent, { type: 'run-message' }>['message'];
type TrainingEvent = Extract<RunMessage, { type: 'event' }>['event'];

/** Milliseconds between the lines of a run where nobody watches a bar. */
const LINE_EVERY = 5000;

/** Shows a study while it runs: a bar at a terminal, plain lines in a pipe. */
export class RunProgress {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #bar: SingleBar | null = null;
  #name = '';
  #start: Extract<TrainingEvent, { type: 'start' }> | null = null;
  #startedAt = 0;
  /** Seconds of the run that went into evaluation. */
  #evaluated = 0;
  #lineAt = 0;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
  }

  show(event: StudyEvent): void {
    switch (event.type) {
      case 'run-start':
        this.#name = event.run.id;
        this.#start = null;
        this.#terminal.err(`[${event.index + 1}/${event.of}] ${event.run.id}\n`);
        if (event.again !== undefined) this.#terminal.err(`  run again: ${event.again}\n`);
        return;
      case 'run-reused': {
        const added = event.added.length === 0 ? '' : `; added: ${event.added.join(', ')}`;
        this.#terminal.err(`[${event.index + 1}/${event.of}] ${event.run.id}: already done${added}\n`);
        return;
      }
      case 'run-message':
        return this.#message(event.message);
      case 'run-end':
        this.#endBar();
        if (event.outcome === 'failed') this.#terminal.err(`  ${this.#name} failed: ${event.error ?? 'unknown'}\n`);
        if (event.outcome === 'stopped')
          this.#terminal.err(
            `  ${this.#name} was stopped; what it had is saved, and it goes on when the study is run again.\n`,
          );
        return;
    }
  }

  #message(message: RunMessage): void {
    if (message.type === 'phase') {
      if (message.phase !== 'training') this.#endBar();
    } else if (message.type === 'notice') this.#terminal.err(`  ${message.text}\n`);
    else if (message.type === 'event') this.#event(message.event);
    else if (message.type === 'done') {
      const { metrics } = message.result;
      this.#endBar();
      if (metrics === undefined) return;
      this.#terminal.err(`  test accuracy ${percent(metrics.testAccuracy)}, loss ${metrics.testLoss.toFixed(4)}\n`);
      for (const note of runNotes(message.result)) this.#terminal.err(`  ${note}\n`);
    }
  }

  #event(event: TrainingEvent): void {
    if (event.type === 'start') {
      this.#start = event;
      this.#startedAt = this.#now();
      this.#evaluated = 0;
      this.#lineAt = this.#startedAt;
      if (event.resumedAt !== undefined) this.#terminal.err(`  going on from step ${event.resumedAt}\n`);
      this.#startBar(stepsOf(event), event.resumedAt);
    } else if (event.type === 'timing') this.#evaluated += event.evaluateSeconds;
    else if (event.type === 'step') this.#step(event);
    else if (event.type === 'epoch') {
      const validation = event.validation === undefined ? '' : `, validation ${percent(event.validation.accuracy)}`;
      this.#line(
        `  epoch ${event.epoch}/${this.#start?.epochs ?? '?'}: loss ${event.running.loss.toFixed(4)}, train accuracy ${percent(event.train.accuracy)}${validation}`,
      );
    }
  }

  #step(event: Extract<TrainingEvent, { type: 'step' }>): void {
    const start = this.#start;
    if (start === null) return;
    const seconds = (this.#now() - this.#startedAt) / 1000;
    const total = stepsOf(start);
    const taken = event.step - (start.resumedAt ?? 0);
    const speed = Math.round(
      ((taken / start.stepsPerEpoch) * start.examples) / Math.max(seconds - this.#evaluated, 1e-3),
    );
    const left = duration((seconds / taken) * (total - event.step));
    const status = {
      loss: event.loss.toFixed(3),
      accuracy: percent(event.accuracy),
      speed: speed.toLocaleString('en'),
      left,
    };
    if (this.#bar !== null) this.#bar.update(event.step, status);
    else if (this.#now() - this.#lineAt >= LINE_EVERY) {
      this.#lineAt = this.#now();
      this.#line(
        `  step ${event.step}/${total}: loss ${status.loss}, accuracy ${status.accuracy}, ${status.speed} images/s, ${left} left`,
      );
    }
  }

  #startBar(total: number, done = 0): void {
    if (!this.#terminal.interactive) return;
    this.#bar = new SingleBar({
      format: '  {bar} {value}/{total}  loss {loss}  accuracy {accuracy}  {speed} images/s  {left} left',
      clearOnComplete: true,
      hideCursor: true,
      stream: process.stderr,
    });
    this.#bar.start(total, done, { loss: '–', accuracy: '–', speed: '–', left: '–' });
  }

  /** A line of its own, above the bar where there is one. */
  #line(text: string): void {
    if (this.#bar === null) this.#terminal.err(`${text}\n`);
    else process.stderr.write(`\r\u001b[K${text}\n`);
  }

  #endBar(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}

function stepsOf({ epochs, stepsPerEpoch, maxSteps }: Extract<TrainingEvent, { type: 'start' }>): number {
  return maxSteps ?? epochs * stepsPerEpoch;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.ceil(seconds % 60)} s`;
}
