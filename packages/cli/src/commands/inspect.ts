import { summarizeNetwork, unproductiveLayers } from '@ablate/analysis/schema';
import { launchInspection } from '@ablate/experiment/node';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../program.ts';
import { summaryTable, thousands, unproductiveLine } from '../summary-table.ts';

/** Prints what `describe` prints of a variant for any saved model. Its layers are built in a process of their own. */
export async function inspectFiles(
  files: readonly string[],
  { json, plugin = [] }: { json?: boolean; plugin?: string[] },
  terminal: Terminal,
): Promise<ExitCode> {
  const described: object[] = [];
  for (const file of files) {
    const inspected = await launchInspection(file, plugin);
    if (inspected.type === 'failed') {
      terminal.err(`ablate inspect: ${inspected.error}\n`);
      return exitCodes.wrong;
    }
    const { network } = inspected;
    const summary = summarizeNetwork(network);
    const unproductive = unproductiveLayers(network);
    described.push({ file, inputShape: network.inputShape, ...summary, unproductive });
    if (json === true) continue;
    const { rows, totals, unknown } = summary;
    const { parameters, macs } = totals;
    const least = unknown.length === 0 ? '' : 'at least ';
    terminal.out(
      `${file}: ${network.inputShape.join('×')} in, ${thousands(parameters.trainable)} trainable parameters, ${least}${thousands(macs)} MACs an example\n${summaryTable(rows)}\n`,
    );
    if (unknown.length > 0) {
      terminal.out(`Not known here, and not counted in the MACs: ${unknown.join(', ')}\n`);
    }
    terminal.out(unproductiveLine(unproductive));
  }
  if (json === true) terminal.out(`${JSON.stringify(described, null, 2)}\n`);
  return exitCodes.done;
}
