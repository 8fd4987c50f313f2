import type { Graph, ParameterCount } from '@ablate/architectures/schema';
import type { Shape } from '@ablate/layers/schema';
import { type Network, networkOfGraph } from './network.ts';
import {
  networkReceptiveFields,
  type PartialReceptiveField,
  type ReceptiveField,
  receptiveFields,
} from './receptive-field.ts';

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
  /** Floating-point operations for one example, by the convention FLOPs = 2 · MACs. */
  flops: number;
  /** Bytes of the output for one example, in float32. */
  activationBytes: number;
  receptiveField: ReceptiveField;
}

/** Sums over a network. */
export interface SummaryTotals {
  parameters: ParameterCount;
  macs: number;
  /** By the convention FLOPs = 2 · MACs. */
  flops: number;
  /** Bytes of all outputs for one example in float32: what training keeps for the gradients, at most. */
  activationBytes: number;
}

/** A network at a glance. */
export interface Summary {
  /** In the graph's order. */
  rows: SummaryRow[];
  totals: SummaryTotals;
}

/** Shapes, parameters, MACs and receptive field of each layer, and the totals, without building anything. */
export function summarize(graph: Graph): Summary {
  const fields = receptiveFields(graph);
  const rows = networkOfGraph(graph).nodes.map(({ id, layer, outputShape, parameters, macs }): SummaryRow => {
    const receptiveField = fields.get(id);
    if (receptiveField === undefined) throw new Error(`internal: node "${id}" has no receptive field.`);
    return {
      id,
      layer,
      outputShape,
      parameters,
      macs,
      flops: 2 * macs,
      activationBytes: bytes(outputShape),
      receptiveField,
    };
  });
  return { rows, totals: totalsOf(rows) };
}

/** A line of the summary of any network; null is what is not known of the layer. */
export interface NetworkSummaryRow extends Omit<SummaryRow, 'macs' | 'flops' | 'receptiveField'> {
  macs: number | null;
  flops: number | null;
  receptiveField: PartialReceptiveField;
}

/** Any network at a glance. */
export interface NetworkSummary {
  rows: NetworkSummaryRow[];
  /** Of what is known: where `unknown` is not empty, MACs and FLOPs are partial. */
  totals: SummaryTotals;
  /** Ids of the layers whose MACs are not known. */
  unknown: string[];
}

/** The same for any network. What a layer that is not known does is null, and said; it is never taken for 0. */
export function summarizeNetwork(network: Network): NetworkSummary {
  const fields = networkReceptiveFields(network);
  const rows = network.nodes.map(({ id, layer, outputShape, parameters, macs }): NetworkSummaryRow => {
    const receptiveField = fields.get(id);
    if (receptiveField === undefined) throw new Error(`internal: node "${id}" has no receptive field.`);
    const flops = macs === null ? null : 2 * macs;
    return { id, layer, outputShape, parameters, macs, flops, activationBytes: bytes(outputShape), receptiveField };
  });
  return { rows, totals: totalsOf(rows), unknown: rows.flatMap(({ id, macs }) => (macs === null ? [id] : [])) };
}

function totalsOf(rows: readonly Omit<NetworkSummaryRow, 'receptiveField'>[]): SummaryTotals {
  const totals = { parameters: { trainable: 0, nonTrainable: 0 }, macs: 0, flops: 0, activationBytes: 0 };
  for (const { parameters, macs, flops, activationBytes } of rows) {
    totals.parameters.trainable += parameters.trainable;
    totals.parameters.nonTrainable += parameters.nonTrainable;
    totals.macs += macs ?? 0;
    totals.flops += flops ?? 0;
    totals.activationBytes += activationBytes;
  }
  return totals;
}

function bytes(shape: Shape): number {
  return 4 * shape.reduce((product, extent) => product * extent, 1);
}
