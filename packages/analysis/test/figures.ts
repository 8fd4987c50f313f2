import process from 'node:process';

/** Whether the full counts are run. */
export const DEEP = import.meta.env.MODE === 'deep';

/** Prints what the full counts came to: docs/analyses.md has it. */
export function figure(text: string): void {
  if (DEEP) process.stdout.write(`figure: ${text}\n`);
}

/** `4.98 %` */
export function percent(rate: number): string {
  return `${(100 * rate).toFixed(2)} %`;
}
