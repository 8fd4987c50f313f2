import type { RunResult } from './results.ts';

/** What a reader of a finished run's metrics is to know, each in a few words. */
export function runNotes({ stopped, lossSpikes: spikes, findings = [], config }: NotedRun): string[] {
  const notes: string[] = [];
  if (stopped === 'maxSteps') notes.push(`budget reached: maxSteps (=${config.training.maxSteps})`);
  if (stopped === 'maxTime') {
    notes.push(`budget reached: maxTime (=${config.training.maxTime} s); how far it got depends on the machine`);
  }
  const [first] = spikes ?? [];
  if (first !== undefined) {
    const several =
      spikes?.length === 1 ? 'the loss leapt at step' : `the loss leapt ${spikes?.length} times, first at step`;
    notes.push(
      `${several} ${first.step}: ${first.loss.toPrecision(3)} where ${first.expected.toPrecision(3)} was expected`,
    );
  }
  notes.push(...findings.map((finding) => `doctor: ${finding}`));
  return notes;
}

type NotedRun = Pick<RunResult, 'stopped' | 'lossSpikes' | 'findings'> & {
  config: { training: Pick<RunResult['config']['training'], 'maxSteps' | 'maxTime'> };
};
