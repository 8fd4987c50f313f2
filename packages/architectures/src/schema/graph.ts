import type { Shape } from '@ablate/layers/schema';

/** A step in a plain object: map keys and list indices. */
export type AuthoredPath = readonly (string | number)[];

/** One layer of a network. */
export interface GraphNode {
  /** A path, unique in its graph: `conv2d_1`, `block2/conv1`. */
  id: string;
  /** The layer's name in YAML: `conv2d`. */
  layer: string;
  /** Complete arguments: the descriptor's schema has filled in the defaults. */
  args: Record<string, unknown>;
  /** Ids of the nodes whose outputs it takes; {@link INPUT} is the network's input. */
  inputs: string[];
  /** Where it is written, below `architecture`; for a named family the path of the architecture itself: []. */
  origin: AuthoredPath;
  /** False where a width search must leave the layer's width as it is written; absent otherwise. Changes no weights. */
  scale?: false;
}

/** Id of the network's input; no node has it. */
export const INPUT = 'input';

/** A network as plain JSON: every node comes after those it takes its inputs from. */
export interface Graph {
  inputShape: Shape;
  nodes: GraphNode[];
  /** Id of the node whose output is the network's. */
  output: string;
}
