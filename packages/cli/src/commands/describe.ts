import { networkOfGraph, summarize, unproductiveLayers } from '@ablate/analysis/schema';
import { describeMatch } from '../describe-match.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { planStudies } from '../plan-studies.ts';
import type { Terminal } from '../program.ts';
import type { SelectionFlags } from '../selection-flags.ts';
import { summaryTable, thousands, unproductiveLine } from '../summary-table.ts';

/** Prints, for every variant, its layers with shapes, parameters, MACs and receptive fields. Loads no tensors. */
export async function describeFiles(
  files: readonly string[],
  { json, ...flags }: SelectionFlags & { json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const plans = await planStudies(files, flags, terminal);
  if (plans === null) return exitCodes.wrong;
  if (json === true) {
    const described = plans.map(({ name, title, variants }) => ({
      name,
      title,
      variants: variants.map(({ name: variant, graph, match }) => ({
        name: variant,
        match,
        ...summarize(graph),
        unproductive: unproductiveLayers(networkOfGraph(graph)),
      })),
    }));
    terminal.out(`${JSON.stringify(described, null, 2)}\n`);
    return exitCodes.done;
  }
  for (const plan of plans) {
    terminal.out(`${plan.title} (${plan.file})\n`);
    for (const { name, graph, match } of plan.variants) {
      const {
        rows,
        totals: { parameters, macs },
      } = summarize(graph);
      terminal.out(
        `\n${name}: ${thousands(parameters.trainable)} trainable parameters, ${thousands(macs)} MACs an example\n${match === null ? '' : `${describeMatch(match)}\n`}${summaryTable(rows)}\n${unproductiveLine(unproductiveLayers(networkOfGraph(graph)))}`,
      );
    }
  }
  return exitCodes.done;
}
