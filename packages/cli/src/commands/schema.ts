import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { loadStudy } from '@ablate/experiment/node';
import { formatProblems, studyJsonSchema } from '@ablate/experiment/schema';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../program.ts';

/** Prints the JSON Schema that a file follows, with the layers of its plugins; without a file, that of studies. */
export async function printSchema(file: string | undefined, terminal: Terminal): Promise<ExitCode> {
  // What else is wrong with it doesn't matter here: an editor shows it.
  const study = file === undefined || !existsSync(file) ? null : await loadStudy(file);
  if (study !== null && study.plugins.length < study.pluginPaths.length) {
    const wrong = study.problems.filter(({ message }) => message.startsWith('plugins: '));
    terminal.err(`${formatProblems(wrong, study.sources)}\n`);
    return exitCodes.wrong;
  }
  const kind = file !== undefined && basename(file).startsWith('_') ? 'base' : 'study';
  terminal.out(`${JSON.stringify(studyJsonSchema(kind), null, 2)}\n`);
  return exitCodes.done;
}
