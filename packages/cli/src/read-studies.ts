import { loadStudy } from '@ablate/experiment/node';
import { formatProblems, type Study } from '@ablate/experiment/schema';
import type { Terminal } from './program.ts';
import type { SelectionFlags } from './selection-flags.ts';

/** Reads all files and prints all that is wrong with any of them; null if anything is. */
export async function readStudies(
  files: readonly string[],
  terminal: Terminal,
  { set }: SelectionFlags = {},
): Promise<Study[] | null> {
  const studies: Study[] = [];
  let wrong = 0;
  for (const file of files) {
    try {
      const study = await loadStudy(file, { sets: set });
      if (study.problems.length > 0) {
        wrong += study.problems.length;
        terminal.err(`${formatProblems(study.problems, study.sources)}\n`);
      }
      studies.push(study);
    } catch (error) {
      wrong++;
      terminal.err(`ablate: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  if (wrong === 0) return studies;
  terminal.err(`${wrong} ${wrong === 1 ? 'problem' : 'problems'}. Nothing was run.\n`);
  return null;
}
