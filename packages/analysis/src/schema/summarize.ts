import { type Graph, inspectGraph, type ParameterCount } from '@ablate/architectures/schema';
import type { Shape } from '@ablate/layers/schema';
import { type ReceptiveField, receptiveFields } from './receptive-field.ts';

/** A line of a network's summary. */
export interface SummaryRow {
  id: string;
  /** The layer's name in YAML. */
  layer: string;
  /** Without the batch axis. */
  outputShape: Shape;
  parameters: ParameterCount;
  /** Multiply-accumulates for one example: one multiplication with its addition counts as one. */
  macs: number;
  receptiveField: ReceptiveField;
}

/** A network at a glance. */
export interface Summary {
  /** In the graph's order. */
  rows: SummaryRow[];
  totals: { parameters: ParameterCount; macs: number };
}

/** Shapes, parameters, MACs and receptive field of each layer, and the totals, without building anything. */
export function summarize(graph: Graph): Summary {
  const fields = receptiveFields(graph);
  const totals = { parameters: { trainable: 0, nonTrainable: 0 }, macs: 0 };
  const rows = inspectGraph(graph).map(({ id, layer, outputShape, parameters, macs }): SummaryRow => {
    const receptiveField = fields.get(id);
    if (receptiveField === undefined) throw new Error(`internal: node "${id}" has no receptive field.`);
    totals.parameters.trainable += parameters.trainable;
    totals.parameters.nonTrainable += parameters.nonTrainable;
    totals.macs += macs;
    return { id, layer, outputShape, parameters, macs, receptiveField };
  });
  return { rows, totals };
}
