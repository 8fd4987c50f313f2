import { type LayerCall, pooledCall, rectifiedCall, summedCall } from '@ablate/layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { GraphNode } from './schema/graph.ts';

/** One op for several nodes. */
export interface Fusion {
  run: LayerCall;
  /** Nodes whose outputs it takes. */
  inputs: readonly string[];
  /** Nodes before the last whose outputs are not made. */
  passed: readonly GraphNode[];
}

/** What is known of the nodes before one. */
export interface Surroundings {
  /** The node of this id, if its output has one user only. */
  onlyFor(id: string | undefined): GraphNode | undefined;
  layerOf(node: GraphNode): LayersModel['layers'][number];
}

/**
 * The one op for a node and those before it, null where there is none: a ReLU after a layer that has a pass for both; max
 * pooling after the ReLU of a convolution; a sum, with a ReLU after it or none, of which one part is a batch normalization.
 */
export function fuse(node: GraphNode, around: Surroundings): Fusion | null {
  if (isRelu(node)) return rectified(node, around);
  if (node.layer === 'add') return summed(node, { rectified: false }, around);
  return node.layer === 'maxPooling2d' ? pooled(node, around) : null;
}

function rectified(node: GraphNode, around: Surroundings): Fusion | null {
  const last = around.onlyFor(node.inputs[0]);
  if (last === undefined) return null;
  const sum = summed(last, { rectified: true }, around);
  if (sum !== null) return { ...sum, passed: [...sum.passed, last] };
  const run = rectifiedCall(around.layerOf(last));
  return run && { run, inputs: last.inputs, passed: [last] };
}

function summed(node: GraphNode, followed: { rectified: boolean }, around: Surroundings): Fusion | null {
  if (node.layer !== 'add' || node.inputs.length !== 2) return null;
  for (const [part, id] of node.inputs.entries()) {
    const normalization = around.onlyFor(id);
    const run = normalization && summedCall(around.layerOf(normalization), followed);
    if (!run) continue;
    const addend = node.inputs[1 - part] as string;
    return { run, inputs: [...normalization.inputs, addend], passed: [normalization] };
  }
  return null;
}

function pooled(node: GraphNode, around: Surroundings): Fusion | null {
  const last = around.onlyFor(node.inputs[0]);
  const followed = { rectified: last !== undefined && isRelu(last) };
  const first = last && followed.rectified ? around.onlyFor(last.inputs[0]) : last;
  if (last === undefined || first === undefined) return null;
  const run = pooledCall(around.layerOf(first), followed, node.args);
  return run && { run, inputs: first.inputs, passed: [first, last] };
}

function isRelu({ layer, args }: GraphNode): boolean {
  return layer === 'activation' && args['activation'] === 'relu';
}
