import { formatShape, type Shape } from '@ablate/layers/schema';
import type { GraphNode } from './graph.ts';
import type { ArchitectureProblem } from './problem.ts';

/** Layers that change no value, or only while training: what ends the network stands before them. */
const passing = new Set(['dropout', 'flatten', 'reshape']);

/** Checks that a network ends in one logit for each class. */
export function checkHead(
  nodes: readonly GraphNode[],
  output: string,
  shape: Shape,
  classes: number,
): ArchitectureProblem[] {
  const last = nodes.find(({ id }) => id === output);
  if (last === undefined) return [];
  const problems: ArchitectureProblem[] = [];
  if (shape.length !== 1 || shape[0] !== classes) {
    const end = shape.length === 1 ? '' : '"flatten" and ';
    const message = `${last.id} gives ${formatShape(shape)}; the network must give [${classes}], one number for each class. End the list with ${end}"dense: { units: $classes }".`;
    problems.push({ path: last.origin, message, at: 'key' });
  }
  const ending = nodeBefore(nodes, last);
  const activation = ending.args['activation'] ?? 'linear';
  if (activation !== 'linear') {
    const why =
      activation === 'softmax'
        ? 'the loss takes logits and applies the softmax itself, so it would be applied twice'
        : 'the loss takes logits, which may be any number';
    const message = `${ending.id}: the last layer must have a linear activation; received ${JSON.stringify(activation)}: ${why}. ${ending.layer === 'activation' ? 'Remove the layer' : 'Leave its activation out'}.`;
    problems.push({ path: ending.origin, message, at: 'key' });
  }
  return problems;
}

function nodeBefore(nodes: readonly GraphNode[], node: GraphNode): GraphNode {
  if (!passing.has(node.layer)) return node;
  const before = nodes.find(({ id }) => id === node.inputs[0]);
  return before === undefined ? node : nodeBefore(nodes, before);
}
