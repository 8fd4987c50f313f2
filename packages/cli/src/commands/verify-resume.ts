import process from 'node:process';
import { readEnvironment, type VerifiedRun, verifyResume } from '@ablate/experiment/node';
import Table from 'cli-table3';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlanFlags } from '../plan-flags.ts';
import { planStudies } from '../plan-studies.ts';
import type { Terminal } from '../program.ts';

/** The flags of `ablate verify-resume`. */
export interface VerifyFlags extends PlanFlags {
  kills: number;
  killSeed: number;
}

/** Shows of a study that its runs go on to the bit, however often they are killed. Leaves no results. */
export async function verifyFile(
  file: string,
  { kills, killSeed, ...flags }: VerifyFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const environment = await readEnvironment();
  const plans = await planStudies([file], flags, terminal, environment);
  const [plan] = plans ?? [];
  if (plan === undefined) return exitCodes.wrong;
  // Its folders are removed before it leaves.
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const verified = await verifyResume(plan, {
    signal: stopping.signal,
    environment,
    kills,
    seed: killSeed,
    onEvent(event) {
      if (event.type === 'unbroken')
        terminal.err(`${event.run.id}: in one piece, then killed ${kills} ${kills === 1 ? 'time' : 'times'}\n`);
      else terminal.err(`  killed after step ${event.step}\n`);
    },
  });
  terminal.out(`${tableOf(verified)}\n`);
  return verified.every(({ different }) => different.length === 0) ? exitCodes.done : exitCodes.different;
}

function tableOf(verified: readonly VerifiedRun[]): string {
  const table = new Table({
    head: ['run', 'weights', 'killed after step', 'went on from', 'result'],
    style: { head: [], border: [] },
  });
  for (const { run, kills, resumedAt, different, weightHash } of verified) {
    const result = different.length === 0 ? 'the same to the bit' : `DIFFERENT: ${different.join(', ')}`;
    const from = resumedAt.map((step) => (step === 0 ? 'the start' : String(step)));
    table.push([run.id, weightHash.slice(0, 12), kills.join(', '), from.join(', '), result]);
  }
  return table.toString();
}
