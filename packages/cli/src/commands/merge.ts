import { mergeStudy } from '@ablate/experiment/node';
import { comparisonTable } from '../comparison-table.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlanFlags } from '../plan-flags.ts';
import { planStudies } from '../plan-studies.ts';
import type { Terminal } from '../program.ts';

/** Brings the runs that several jobs made together, and compares them. */
export async function mergeFile(
  file: string,
  { out, from = [], ...flags }: PlanFlags & { out: string; from?: string[] },
  terminal: Terminal,
): Promise<ExitCode> {
  const plans = await planStudies([file], flags, terminal);
  if (plans === null) return exitCodes.wrong;
  let code: ExitCode = exitCodes.done;
  for (const plan of plans) {
    const { folder, copied, missing, machines, comparison } = mergeStudy(plan, { out, from });
    terminal.out(`\n${plan.title}\n${comparisonTable(comparison)}\n`);
    terminal.err(
      `${plan.runs.length - missing.length} of ${plan.runs.length} runs, ${copied.length} of them copied.\n`,
    );
    if (machines > 1) terminal.err(`Times are of ${machines} machines: they can't be compared.\n`);
    if (missing.length > 0) {
      terminal.err(`Not finished anywhere: ${missing.join(', ')}\n`);
      code = exitCodes.failed;
    }
    terminal.out(`Results: ${folder}\n`);
  }
  return code;
}
