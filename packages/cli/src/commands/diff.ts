import { diffPlans, formatPlanDifferences } from '@ablate/experiment/schema';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../program.ts';
import { planStudies } from '../plan-studies.ts';

/** Prints what two studies differ in once they are resolved; how they are written does not count. */
export async function diffFiles(before: string, after: string, terminal: Terminal): Promise<ExitCode> {
  const plans = await planStudies([before, after], {}, terminal);
  if (plans === null) return exitCodes.wrong;
  const [a, b] = plans;
  if (a === undefined || b === undefined) throw new Error('internal: two files gave fewer than two plans.');
  const lines = formatPlanDifferences(diffPlans(a, b));
  terminal.out(lines.length === 0 ? 'no difference\n' : `${lines.join('\n')}\n`);
  return lines.length === 0 ? exitCodes.done : exitCodes.different;
}
