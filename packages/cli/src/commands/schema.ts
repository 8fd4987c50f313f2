import { basename } from 'node:path';
import { studyJsonSchema } from '@ablate/experiment/schema';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../program.ts';

/** Prints the JSON Schema that a file follows; without a file, that of studies. */
export function printSchema(file: string | undefined, terminal: Terminal): ExitCode {
  const kind = file !== undefined && basename(file).startsWith('_') ? 'base' : 'study';
  terminal.out(`${JSON.stringify(studyJsonSchema(kind), null, 2)}\n`);
  return exitCodes.done;
}
