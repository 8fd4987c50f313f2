import type { NetworkSummary, UnproductiveLayer } from '@ablate/analysis/schema';
import Table from 'cli-table3';

/** What is not known of a layer. */
const UNKNOWN = '?';

/** Layers with shapes, parameters, MACs and receptive fields, as a table for the terminal. */
export function summaryTable(rows: NetworkSummary['rows']): string {
  const table = new Table({
    head: ['layer', 'type', 'output', 'parameters', 'MACs', 'sees', 'stride'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'right', 'right'],
  });
  for (const { id, layer, outputShape, parameters, macs, receptiveField: field } of rows) {
    const window = field.kind === 'window' ? field : field.before;
    const size = window.size.join('×');
    table.push([
      id,
      layer,
      outputShape.join('×'),
      thousands(parameters.trainable + parameters.nonTrainable),
      macs === null ? UNKNOWN : thousands(macs),
      { window: size, global: `all (${size})`, unknown: `${UNKNOWN} (${size})` }[field.kind],
      window.stride.join('×'),
    ]);
  }
  return table.toString();
}

/** Names layers that see nothing new; empty where there are none. */
export function unproductiveLine(layers: readonly UnproductiveLayer[]): string {
  if (layers.length === 0) return '';
  const named = layers.map(({ id, inputSees }) => `${id} (${inputSees.join('×')})`).join(', ');
  return `Their input sees more than the whole image already, so that they bring in nothing new: ${named}\n`;
}

export function thousands(value: number): string {
  return value.toLocaleString('en');
}
