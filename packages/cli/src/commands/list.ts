import { architectures } from '@ablate/architectures/schema';
import { datasetDescriptions } from '@ablate/datasets/schema';
import { layerDescriptors } from '@ablate/layers/schema';
import { backendDescriptions } from '@ablate/tensor-backends/schema';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../program.ts';

const lists: Readonly<Record<string, () => [name: string, what: string][]>> = {
  architectures: () => Object.entries(architectures).map(([name, { summary }]) => [name, summary]),
  layers: () => Object.entries(layerDescriptors).map(([name, { summary }]) => [name, summary]),
  datasets: () => datasetDescriptions.map(({ name, summary, needs }) => [name, `${summary}; needs ${needs}`]),
  backends: () => Object.entries(backendDescriptions),
};

/** Prints the names of one kind, each with what it is. */
export function listNames(what: string, terminal: Terminal): ExitCode {
  const list = Object.hasOwn(lists, what) ? lists[what] : undefined;
  if (list === undefined) {
    terminal.err(`ablate list: "${what}" can't be listed. Name one of: ${Object.keys(lists).join(', ')}.\n`);
    return exitCodes.wrong;
  }
  const rows = list();
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, text] of rows) terminal.out(`${name.padEnd(width)}  ${text}\n`);
  return exitCodes.done;
}
