import { streamKey } from '@ablate/random';
import { canonicalJson } from './canonical-json.ts';
import type { RunConfig } from './run-config.ts';

/**
 * What decides the weights of a run, as 32 hexadecimal digits: the network (not where it is written), the data, the
 * training, the seed and the backend. Runs that differ only in analyses have one fingerprint.
 */
export function fingerprint({ graph, dataset, training, seed, backend }: RunConfig): string {
  const nodes = graph.nodes.map(({ id, layer, args, inputs }) => ({ id, layer, args, inputs }));
  const { inputShape, output } = graph;
  const text = canonicalJson({ graph: { inputShape, nodes, output }, dataset, training, seed, backend });
  return [...streamKey(0, text), ...streamKey(1, text)].map((word) => word.toString(16).padStart(8, '0')).join('');
}
