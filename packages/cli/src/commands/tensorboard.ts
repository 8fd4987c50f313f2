import { existsSync } from 'node:fs';
import { writeTensorBoard } from '@ablate/experiment/node';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../program.ts';

/** Writes the event files of the runs below a folder of results. */
export function exportTensorBoard(folder: string, terminal: Terminal): ExitCode {
  const wrong = (message: string) => {
    terminal.err(`ablate tensorboard: ${message}\n`);
    return exitCodes.wrong;
  };
  if (!existsSync(folder))
    return wrong(`"${folder}" is not there. Name the results of a study, as in results/quickstart.`);
  const files = writeTensorBoard(folder, (text) => terminal.err(`${text}\n`));
  if (files.length === 0)
    return wrong(`"${folder}" holds no run. Name the results of a study, as in results/quickstart.`);
  terminal.out(
    `${files.length} run${files.length === 1 ? '' : 's'} written. Look at them: tensorboard --logdir ${folder}\n`,
  );
  return exitCodes.done;
}
