import process from 'node:process';
import { readEnvironment, type RunStudyOptions, runStudy } from '@ablate/experiment/node';
import type { JudgedClaim, Plan } from '@ablate/experiment/schema';
import { comparisonTable } from '../comparison-table.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlanFlags } from '../plan-flags.ts';
import type { Terminal } from '../program.ts';
import { planStudies } from '../plan-studies.ts';
import { StudyProgress } from '../study-progress.ts';

/** The flags of `ablate run`. */
export interface RunFlags extends PlanFlags {
  out: string;
  force?: boolean;
  checkClaims?: boolean;
  checkpointEvery?: number;
  failFast?: boolean;
  parallel?: number;
  parallelTimed?: boolean;
}

/** Trains the studies one after the other. Nothing is run if anything is wrong with any of them. */
export async function runFiles(files: readonly string[], flags: RunFlags, terminal: Terminal): Promise<ExitCode> {
  const environment = await readEnvironment();
  const plans = await planStudies(files, flags, terminal, environment);
  if (plans === null) return exitCodes.wrong;
  const stop = stopOnSignals(terminal);
  try {
    const { out, force, failFast, parallel, parallelTimed, checkClaims, checkpointEvery: everySeconds } = flags;
    const checkpoints = everySeconds === undefined ? {} : { checkpoints: { everySeconds } };
    const how = { out, force, failFast, parallel, parallelTimed };
    const options = { ...how, checkClaims, environment, signal: stop.signal, ...checkpoints };
    let code: ExitCode = exitCodes.done;
    for (const plan of plans) {
      if (stop.signal.aborted) return exitCodes.failed;
      const result = await runOne(plan, options, terminal);
      if (code === exitCodes.done || result === exitCodes.failed) code = result;
      if (failFast === true && result === exitCodes.failed) break;
    }
    return code;
  } finally {
    stop.release();
  }
}

async function runOne(
  plan: Plan,
  { checkClaims, ...options }: RunStudyOptions & { checkClaims?: boolean | undefined },
  terminal: Terminal,
): Promise<ExitCode> {
  const { shard } = plan;
  const part = shard === undefined ? '' : ` of shard ${shard.index}/${shard.count}`;
  terminal.err(`${plan.title}: ${plan.runs.length} ${plan.runs.length === 1 ? 'run' : 'runs'}${part}\n`);
  const progress = new StudyProgress(terminal);
  const outcome = await runStudy(plan, { ...options, onEvent: (event) => progress.show(event) });
  if (outcome.comparison !== null) terminal.out(`\n${plan.title}\n${comparisonTable(outcome.comparison)}\n`);
  for (const { run, error } of outcome.failed) terminal.err(`failed: ${run}: ${error}\n`);
  if (outcome.reused > 0) terminal.err(`${outcome.reused} of ${plan.runs.length} runs were already done.\n`);
  if (outcome.stopped) terminal.err(`Stopped: ${outcome.done} of ${plan.runs.length} runs are done.\n`);
  else if (outcome.left.length > 0) {
    terminal.err(`--fail-fast: a run failed; ${outcome.left.length} of ${plan.runs.length} runs are left.\n`);
  }
  if (shard !== undefined && outcome.done > 0) {
    terminal.err(`Once all shards are done, compare them: ablate merge ${plan.file}\n`);
  }
  terminal.out(`Results: ${outcome.folder}\n`);
  if (outcome.failed.length > 0 || outcome.stopped) return exitCodes.failed;
  return checkClaims === true && !allHeld(outcome.comparison?.claims ?? [], terminal)
    ? exitCodes.claimFailed
    : exitCodes.done;
}

/** Says of how many claims the runs speak against, and of how many they say nothing. */
function allHeld(claims: readonly JudgedClaim[], terminal: Terminal): boolean {
  const notHeld = claims.filter(({ verdict }) => verdict === 'not held').length;
  const undecided = claims.filter(({ verdict }) => verdict === 'undecided').length;
  const of = `of ${claims.length} ${claims.length === 1 ? 'claim' : 'claims'}`;
  if (notHeld > 0) terminal.err(`${notHeld} ${of} did not hold.\n`);
  if (undecided > 0) terminal.err(`${undecided} ${of} could not be decided: the runs say neither yes nor no.\n`);
  return notHeld + undecided === 0;
}

/** The first Ctrl-C lets the run in progress end well; the second leaves at once. */
function stopOnSignals(terminal: Terminal): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = (signal: 'SIGINT' | 'SIGTERM') => {
    // As a shell reports a process that the signal ended.
    if (controller.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    const again = signal === 'SIGINT' ? 'Press Ctrl-C again' : 'Send it again';
    terminal.err(`\nStopping after this step; what is done is saved. ${again} to leave at once.\n`);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
