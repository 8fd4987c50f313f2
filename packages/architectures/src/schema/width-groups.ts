import { describeLayer } from '@ablate/layers/schema';
import { type Graph, type GraphNode, INPUT } from './graph.ts';
import { inspectGraph } from './inspect.ts';

/** Layers whose widths must be equal, because sums join their channels. */
export interface WidthGroup {
  /** Ids of the layers, in the graph's order. */
  ids: string[];
  /** Their width as it is written. */
  width: number;
}

/**
 * Channels of one value: for each stretch of them the layer that sets their number, or null (the data's), and how many
 * of them stand for one of its width.
 */
type Channels = readonly { source: string | null; width: number; factor: number }[];

/**
 * The widths of a network that may change, those tied by sums in one group; groups in the order of their last layers.
 *
 * Channels are followed through every layer that keeps or multiplies their number (batch norm, pooling, activation,
 * depthwise convolution, flatten). Widths that can't change alone stay out, and so does whatever is tied to them: those
 * of the network's output, those of layers marked `scale: false`, those added to the network's input, and those of a
 * sum whose inputs are made of unlike stretches (16 channels added to a concatenation of 8 and 8).
 */
export function widthGroups(graph: Graph): WidthGroup[] {
  const ties = new Ties();
  const channels = followChannels(graph, ties);
  for (const { source } of channels.get(graph.output) ?? []) ties.pin(source);
  const groups = new Map<string, WidthGroup>();
  for (const node of graph.nodes) {
    const width = widthOf(node);
    if (node.scale === false) ties.pin(node.id);
    if (width === null) continue;
    const root = ties.rootOf(node.id);
    const ids = [...(groups.get(root)?.ids ?? []), node.id];
    // Set anew, so that the group moves to the place of its last layer.
    groups.delete(root);
    groups.set(root, { ids, width });
  }
  return [...groups].filter(([root]) => !ties.isPinned(root)).map(([, group]) => group);
}

/** The argument that sets a layer's width, or null where it has none. */
export function widthArgument({ layer }: GraphNode): string | null {
  return describeLayer(layer).width ?? null;
}

function widthOf(node: GraphNode): number | null {
  const argument = widthArgument(node);
  const width = argument === null ? null : node.args[argument];
  return typeof width === 'number' ? width : null;
}

function followChannels(graph: Graph, ties: Ties): Map<string, Channels> {
  const data = graph.inputShape.at(-1) ?? 1;
  const channels = new Map<string, Channels>([[INPUT, [{ source: null, width: data, factor: 1 }]]]);
  const facts = inspectGraph(graph);
  for (const [index, node] of graph.nodes.entries()) {
    const width = widthOf(node);
    if (width !== null) {
      channels.set(node.id, [{ source: node.id, width, factor: 1 }]);
      continue;
    }
    const inputs = node.inputs.map((id) => channels.get(id) ?? []);
    const count = facts[index]?.outputShape.at(-1) ?? 1;
    channels.set(node.id, joinChannels(inputs, count, ties));
  }
  return channels;
}

/** What a layer without a width makes of its inputs' channels, `count` in all. */
function joinChannels(inputs: readonly Channels[], count: number, ties: Ties): Channels {
  const joined = inputs.flat();
  const [first = []] = inputs;
  if (inputs.length === 1) {
    const factor = count / countOf(first);
    if (Number.isInteger(factor)) return first.map((stretch) => ({ ...stretch, factor: stretch.factor * factor }));
  } else {
    if (countOf(joined) === count) return joined;
    if (inputs.every((input) => countOf(input) === count)) {
      for (const other of inputs.slice(1)) ties.sum(first, other);
      return first;
    }
  }
  // A layer that sets the number in some other way: nothing before it may change.
  for (const { source } of joined) ties.pin(source);
  return [{ source: null, width: count, factor: 1 }];
}

function countOf(channels: Channels): number {
  return channels.reduce((sum, { width, factor }) => sum + width * factor, 0);
}

/** Sets of layers that have one width, by union-find; a set with one pinned layer is pinned. */
class Ties {
  readonly #parents = new Map<string, string>();
  readonly #pinned = new Set<string>();

  rootOf(id: string): string {
    const parent = this.#parents.get(id);
    if (parent === undefined) return id;
    const root = this.rootOf(parent);
    this.#parents.set(id, root);
    return root;
  }

  isPinned(id: string): boolean {
    return this.#pinned.has(this.rootOf(id));
  }

  pin(id: string | null): void {
    if (id !== null) this.#pinned.add(this.rootOf(id));
  }

  /** Two values are added: their channels must stay equally many. */
  sum(one: Channels, other: Channels): void {
    const alike =
      one.length === other.length &&
      one.every(({ width, factor }, index) => width === other[index]?.width && factor === other[index]?.factor);
    for (const [index, { source }] of one.entries()) {
      if (alike) this.#tie(source, other[index]?.source ?? null);
      else this.pin(source);
    }
    if (!alike) for (const { source } of other) this.pin(source);
  }

  #tie(one: string | null, other: string | null): void {
    if (one === null || other === null) {
      this.pin(one);
      this.pin(other);
      return;
    }
    const [root, joining] = [this.rootOf(one), this.rootOf(other)];
    if (root === joining) return;
    if (this.#pinned.has(joining)) this.#pinned.add(root);
    this.#parents.set(joining, root);
  }
}
