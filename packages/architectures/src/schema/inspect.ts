import { describeLayer, type Shape, type WeightSpec } from '@ablate/layers/schema';
import { type Graph, INPUT } from './graph.ts';

/** What is known of a node without building it. */
export interface NodeFacts {
  id: string;
  /** The layer's name in YAML. */
  layer: string;
  /** Without the batch axis. */
  inputShapes: Shape[];
  /** Without the batch axis. */
  outputShape: Shape;
  weights: readonly WeightSpec[];
  parameters: ParameterCount;
  /** Multiply-accumulates for one example. */
  macs: number;
}

/** Numbers of weights' elements. */
export interface ParameterCount {
  /** Changed by the optimizer. */
  trainable: number;
  /** Kept by the layer itself, such as running means. */
  nonTrainable: number;
}

/**
 * The facts of every node, in the graph's order.
 *
 * @throws ShapeError if a layer can't take its input, which no graph of `buildGraph` does.
 */
export function inspectGraph(graph: Graph): NodeFacts[] {
  const shapes = new Map<string, Shape>([[INPUT, graph.inputShape]]);
  return graph.nodes.map(({ id, layer, args, inputs }) => {
    const inputShapes = inputs.map((input) => {
      const shape = shapes.get(input);
      if (shape === undefined) {
        throw new Error(`inspectGraph: node "${id}" must come after its inputs; "${input}" does not come before it.`);
      }
      return shape;
    });
    const descriptor = describeLayer(layer);
    const outputShape = descriptor.outputShape(args, inputShapes);
    shapes.set(id, outputShape);
    const weights = descriptor.weights(args, inputShapes);
    const parameters = countWeights(weights);
    return { id, layer, inputShapes, outputShape, weights, parameters, macs: descriptor.macs(args, inputShapes) };
  });
}

/** Parameters of the whole network. */
export function countParameters(graph: Graph): ParameterCount {
  return countWeights(inspectGraph(graph).flatMap(({ weights }) => weights));
}

function countWeights(weights: readonly WeightSpec[]): ParameterCount {
  const count = { trainable: 0, nonTrainable: 0 };
  for (const { shape, trainable } of weights) {
    count[trainable ? 'trainable' : 'nonTrainable'] += shape.reduce((product, extent) => product * extent, 1);
  }
  return count;
}
