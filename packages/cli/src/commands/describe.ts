import { summarize } from '@ablate/analysis/schema';
import Table from 'cli-table3';
import { describeMatch } from '../describe-match.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { planStudies } from '../plan-studies.ts';
import type { Terminal } from '../program.ts';
import type { SelectionFlags } from '../selection-flags.ts';

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
      variants: variants.map(({ name: variant, graph, match }) => ({ name: variant, match, ...summarize(graph) })),
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
      const table = new Table({
        head: ['layer', 'type', 'output', 'parameters', 'MACs', 'sees', 'stride'],
        style: { head: [], border: [], compact: true },
        colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right'],
      });
      for (const { id, layer, outputShape, parameters, macs, receptiveField: field } of rows) {
        const window = field.kind === 'window' ? field : field.before;
        table.push([
          id,
          layer,
          outputShape.join('×'),
          count(parameters.trainable + parameters.nonTrainable),
          count(macs),
          field.kind === 'window' ? window.size.join('×') : `all (${window.size.join('×')})`,
          window.stride.join('×'),
        ]);
      }
      terminal.out(
        `\n${name}: ${count(parameters.trainable)} trainable parameters, ${count(macs)} MACs an example\n${match === null ? '' : `${describeMatch(match)}\n`}${table.toString()}\n`,
      );
    }
  }
  return exitCodes.done;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
