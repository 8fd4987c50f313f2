import type { StudyEvent } from '@ablate/experiment/node';
import { runNotes } from '@ablate/experiment/schema';
import type { ProgressBar, ProgressScreen } from './progress-screen.ts';

type RunMessage = Extract<StudyEvent, { type: 'run-message' }>['message'];
type TrainingEvent = Extract<RunMessage, { type: 'event' }>['event'];

/** Milliseconds between the lines of a run where nobody watches a bar. */
const LINE_EVERY = 5000;
/** Milliseconds after which it is said what a run is at, where nothing else tells of it. */
export const SAY_AFTER = 2000;

/** Shows one run: a bar while it trains, lines for the rest. */
export class RunProgress {
  readonly #screen: ProgressScreen;
  readonly #names: { id: string; prefix: string; name: string };
  readonly #now: () => number;
  #bar: ProgressBar | null = null;
  #start: Extract<TrainingEvent, { type: 'start' }> | null = null;
  #startedAt = 0;
  /** Seconds of the run that went into evaluation. */
  #evaluated = 0;
  #lineAt = 0;
  #phase: NodeJS.Timeout | undefined;

  /** @param names Of the run, before its lines, and before its bar. */
  constructor(screen: ProgressScreen, names: { id: string; prefix: string; name: string }, now: () => number) {
    this.#screen = screen;
    this.#names = names;
    this.#now = now;
  }

  show(message: RunMessage): void {
    if (message.type === 'phase') this.#showPhase(message.phase);
    else if (message.type === 'notice') this.#line(message.text);
    else if (message.type === 'event') this.#event(message.event);
    else if (message.type === 'done') {
      const { metrics } = message.result;
      this.#endBar();
      if (metrics === undefined) return;
      this.#line(`test accuracy ${percent(metrics.testAccuracy)}, loss ${metrics.testLoss.toFixed(4)}`);
      for (const note of runNotes(message.result)) this.#line(note);
    }
  }

  end({ outcome, error }: Pick<Extract<StudyEvent, { type: 'run-end' }>, 'outcome' | 'error'>): void {
    clearTimeout(this.#phase);
    this.#endBar();
    const { id } = this.#names;
    if (outcome === 'failed') this.#screen.line(`  ${id} failed: ${error ?? 'unknown'}`);
    if (outcome === 'stopped') {
      this.#screen.line(`  ${id} was stopped; what it had is saved, and it goes on when the study is run again.`);
    }
  }

  /** Said only where it lasts: training has its bar or its steps. */
  #showPhase(phase: Extract<RunMessage, { type: 'phase' }>['phase']): void {
    clearTimeout(this.#phase);
    if (phase === 'training') return;
    this.#endBar();
    this.#phase = setTimeout(() => this.#line(`${phase}…`), SAY_AFTER).unref();
  }

  #event(event: TrainingEvent): void {
    if (event.type === 'start') {
      this.#start = event;
      this.#startedAt = this.#now();
      this.#evaluated = 0;
      this.#lineAt = this.#startedAt;
      if (event.resumedAt !== undefined) this.#line(`going on from step ${event.resumedAt}`);
      this.#startBar(stepsOf(event), event.resumedAt);
    } else if (event.type === 'timing') this.#evaluated += event.evaluateSeconds;
    else if (event.type === 'step') this.#step(event);
    else if (event.type === 'epoch') {
      const validation = event.validation === undefined ? '' : `, validation ${percent(event.validation.accuracy)}`;
      this.#line(
        `epoch ${event.epoch}/${this.#start?.epochs ?? '?'}: loss ${event.running.loss.toFixed(4)}, train accuracy ${percent(event.train.accuracy)}${validation}`,
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
      name: this.#names.name,
      loss: event.loss.toFixed(3),
      accuracy: percent(event.accuracy),
      speed: speed.toLocaleString('en'),
      left,
    };
    if (this.#bar !== null) this.#bar.update(event.step, status);
    else if (this.#now() - this.#lineAt >= LINE_EVERY) {
      this.#lineAt = this.#now();
      this.#line(
        `step ${event.step}/${total}: loss ${status.loss}, accuracy ${status.accuracy}, ${status.speed} images/s, ${left} left`,
      );
    }
  }

  #startBar(total: number, done = 0): void {
    const unknown = { loss: '–', accuracy: '–', speed: '–', left: '–' };
    this.#bar = this.#screen.bar(total, done, { name: this.#names.name, ...unknown });
  }

  #line(text: string): void {
    this.#screen.line(`${this.#names.prefix}${text}`);
  }

  #endBar(): void {
    this.#bar?.end();
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
