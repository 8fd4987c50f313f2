import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../program.ts';
import { plansOf } from '../plan-studies.ts';
import { readStudies } from '../read-studies.ts';
import type { SelectionFlags } from '../selection-flags.ts';

/** Says everything that is wrong with the files, or what each would run. */
export async function validateFiles(
  files: readonly string[],
  flags: SelectionFlags,
  terminal: Terminal,
): Promise<ExitCode> {
  const studies = await readStudies(files, terminal, flags);
  if (studies === null) return exitCodes.wrong;
  for (const study of studies) {
    if (study.partial) {
      terminal.out(`${study.file}: valid; a base, for other files to extend.\n`);
      continue;
    }
    const plans = plansOf([study], flags, terminal);
    if (plans === null) return exitCodes.wrong;
    for (const { file, variants, runs } of plans) {
      terminal.out(`${file}: valid; ${count(variants.length, 'variant')}, ${count(runs.length, 'run')}.\n`);
    }
  }
  return exitCodes.done;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
