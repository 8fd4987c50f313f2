import process from 'node:process';

/** Whether the full counts are run. */
export const DEEP = import.meta.env.MODE === 'deep';

/** Prints what the full counts came to: docs/training.md has it. */
export function figure(text: string): void {
  if (DEEP) process.stdout.write(`figure: ${text}\n`);
}
