import { type Graph, inspectGraph, type ParameterCount } from '@ablate/architectures/schema';
import { describeLayer, type Shape, type View } from '@ablate/layers/schema';

/** A layer of any network, ours or not, as the analyses see it. */
export interface NetworkNode {
  id: string;
  /** Its name in YAML, or the class of a layer that is not known here. */
  layer: string;
  /** Ids of the nodes it takes; one that is not among the nodes is the network's input. */
  inputs: readonly string[];
  /** Without the batch axis. */
  inputShapes: readonly Shape[];
  /** Without the batch axis. */
  outputShape: Shape;
  parameters: ParameterCount;
  /** Multiply-accumulates for one example; null for a layer that is not known here. */
  macs: number | null;
  /** How far it sees; null for a layer that is not known here. */
  view: View | null;
}

/** A network as the analyses see it: every node comes after those it takes. */
export interface Network {
  /** Without the batch axis. */
  inputShape: Shape;
  nodes: readonly NetworkNode[];
}

/** The network of a graph, of which every layer is known. */
export function networkOfGraph(graph: Graph): { inputShape: Shape; nodes: (NetworkNode & { macs: number })[] } {
  const nodes = inspectGraph(graph).map((facts, index) => {
    const { inputs = [], args = {} } = graph.nodes[index] ?? {};
    const { id, layer, inputShapes, outputShape, parameters, macs } = facts;
    return { id, layer, inputs, inputShapes, outputShape, parameters, macs, view: describeLayer(layer).view(args) };
  });
  return { inputShape: graph.inputShape, nodes };
}
