import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Graph } from './schema/graph.ts';
import { graphFromTopology } from './schema/topology/graph-from-topology.ts';

/**
 * The graph of a model, ours or one that plain tfjs built or loaded, for analyses that need no tensors. Ids are the names of
 * its layers. The inverse of `toLayersModel`, but for the order of nodes that do not depend on each other, and for what a
 * model does not know: where a layer was written, and which widths a search must leave alone.
 *
 * @throws Error if the model has several inputs or outputs, uses a layer twice, or holds layers that no descriptor knows.
 */
export function fromLayersModel(model: LayersModel): Graph {
  return graphFromTopology(model.toJSON(null, false));
}
