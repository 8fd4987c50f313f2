import type { StudyEvent } from '@ablate/experiment/node';
import type { Terminal } from './program.ts';
import { ProgressScreen } from './progress-screen.ts';
import { RunProgress, SAY_AFTER } from './run-progress.ts';

/** Shows a study while it runs: a bar for each run at a terminal, plain lines in a pipe. */
export class StudyProgress {
  readonly #screen: ProgressScreen;
  readonly #now: () => number;
  readonly #runs = new Map<string, RunProgress>();
  /** What is said of runs that are done where adding to them lasts. */
  readonly #adding = new Map<string, NodeJS.Timeout>();
  #several = false;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#screen = new ProgressScreen(terminal);
    this.#now = now;
  }

  show(event: StudyEvent): void {
    if (event.type === 'study-start') {
      this.#several = event.atOnce > 1;
      for (const notice of event.notices) this.#screen.line(notice);
      return;
    }
    const { run } = event;
    if (event.type === 'run-message') return this.#of(run.id).show(event.message);
    if (event.type === 'run-end') {
      this.#of(run.id).end(event);
      this.#runs.delete(run.id);
      return;
    }
    clearTimeout(this.#adding.get(run.id));
    const place = `[${event.index + 1}/${event.of}] ${run.id}`;
    if (event.type === 'run-adding') {
      const say = () => this.#screen.line(`${place}: done; adding ${event.analyses.join(', ')}…`);
      this.#adding.set(run.id, setTimeout(say, SAY_AFTER).unref());
      return;
    }
    if (event.type === 'run-reused') {
      const added = event.added.length === 0 ? '' : `; added: ${event.added.join(', ')}`;
      this.#screen.line(`${place}: already done${added}`);
      return;
    }
    this.#screen.line(place);
    if (event.again !== undefined) this.#screen.line(`${this.#prefix(run.id)}run again: ${event.again}`);
  }

  /** Lines of one run follow each other, indented; among those of several, each names its own. */
  #prefix(id: string): string {
    return this.#several ? `${id}: ` : '  ';
  }

  #of(id: string): RunProgress {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    const name = this.#several ? `${id} ` : '';
    const progress = new RunProgress(this.#screen, { id, prefix: this.#prefix(id), name }, this.#now);
    this.#runs.set(id, progress);
    return progress;
  }
}
