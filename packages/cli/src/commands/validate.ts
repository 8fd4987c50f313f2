import { planStudy } from '@ablate/experiment/schema';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../program.ts';
import { readStudies } from '../read-studies.ts';

/** Says everything that is wrong with the files, or what each would run. */
export function validateFiles(files: readonly string[], terminal: Terminal): ExitCode {
  const studies = readStudies(files, terminal);
  if (studies === null) return exitCodes.wrong;
  for (const study of studies) {
    const plan = planStudy(study, {});
    const variants = new Set(plan.runs.map((run) => run.variant)).size;
    terminal.out(`${plan.file}: valid; ${variants} variants, ${plan.runs.length} runs.\n`);
  }
  return exitCodes.done;
}
