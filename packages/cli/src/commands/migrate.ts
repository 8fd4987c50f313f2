import { readFileSync } from 'node:fs';
import { writeFileWhole } from '@ablate/experiment/node';
import { migrateStudy } from '@ablate/experiment/schema';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../program.ts';

/** Brings the files to the version that is read here. A file that can't be is left as it is and named. */
export function migrateFiles(files: readonly string[], terminal: Terminal): ExitCode {
  let code: ExitCode = exitCodes.done;
  for (const file of files) {
    try {
      const before = readFileSync(file, 'utf8');
      const { text, from, to } = migrateStudy(before);
      if (text !== before) writeFileWhole(file, text);
      terminal.out(from === to ? `${file}: already spec ${to}.\n` : `${file}: spec ${from} → ${to}.\n`);
    } catch (error) {
      terminal.err(`${file}: ${error instanceof Error ? error.message : String(error)}\n`);
      code = exitCodes.wrong;
    }
  }
  return code;
}
