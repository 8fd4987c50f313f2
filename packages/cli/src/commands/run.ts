import process from 'node:process';
import { runStudy } from '@ablate/experiment/node';
import { OverrideError, type Plan, planStudy } from '@ablate/experiment/schema';
import type { BackendRequest } from '@ablate/tensor-backends/schema';
import { comparisonTable } from '../comparison-table.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { RunFlags, Terminal } from '../program.ts';
import { readStudies } from '../read-studies.ts';
import { RunProgress } from '../run-progress.ts';

/** Trains the studies one after the other. Nothing is run if anything is wrong with any of them. */
export async function runFiles(files: readonly string[], flags: RunFlags, terminal: Terminal): Promise<ExitCode> {
  const studies = readStudies(files, terminal);
  if (studies === null) return exitCodes.wrong;
  const { seed: seeds, limit, epochs } = flags;
  // planStudy checks every override, also whether there is such a backend.
  const overrides = { seeds, limit, epochs, backend: flags.backend as BackendRequest | undefined };
  let plans: Plan[];
  try {
    plans = studies.map((study) => planStudy(study, overrides));
  } catch (error) {
    if (!(error instanceof OverrideError)) throw error;
    terminal.err(`${error.message}\n`);
    return exitCodes.wrong;
  }
  const stop = stopOnSignals(terminal);
  try {
    let code: ExitCode = exitCodes.done;
    for (const plan of plans) {
      if (stop.signal.aborted) return exitCodes.failed;
      if ((await runOne(plan, flags.out, terminal, stop.signal)) !== exitCodes.done) code = exitCodes.failed;
    }
    return code;
  } finally {
    stop.release();
  }
}

async function runOne(plan: Plan, out: string, terminal: Terminal, signal: AbortSignal): Promise<ExitCode> {
  terminal.err(`${plan.title}: ${plan.runs.length} ${plan.runs.length === 1 ? 'run' : 'runs'}\n`);
  const progress = new RunProgress(terminal);
  const outcome = await runStudy(plan, { out, signal, onEvent: (event) => progress.show(event) });
  if (outcome.comparison !== null) terminal.out(`\n${plan.title}\n${comparisonTable(outcome.comparison)}\n`);
  for (const { run, error } of outcome.failed) terminal.err(`failed: ${run}: ${error}\n`);
  if (outcome.stopped) terminal.err(`Stopped: ${outcome.done} of ${plan.runs.length} runs are done.\n`);
  terminal.out(`Results: ${outcome.folder}\n`);
  return outcome.failed.length === 0 && !outcome.stopped ? exitCodes.done : exitCodes.failed;
}

/** The first Ctrl-C lets the run in progress end well; the second leaves at once. */
function stopOnSignals(terminal: Terminal): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    terminal.err('\nStopping after this step; what is done is saved. Press Ctrl-C again to leave at once.\n');
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
