import { type Graph, INPUT, inspectGraph } from '@ablate/architectures/schema';
import { describeLayer, type Shape, type View } from '@ablate/layers/schema';

/** A number for the height, a number for the width. */
export type Pair = readonly [height: number, width: number];

/** The window of the network's input that one element sees, in pixels. */
export interface InputWindow {
  /** Extent of the window; may be larger than the input, whose padding it then covers. */
  size: Pair;
  /** How far the windows of neighbouring elements are apart. */
  stride: Pair;
  /** How far the window of the first element reaches over the input's top and left edge. */
  padding: Pair;
}

/** What one element of a node's output sees of the network's input. */
export type ReceptiveField =
  | ({ kind: 'window' } & InputWindow)
  /** Everything: there is a dense layer or a global pooling on the way. `before` is the value without them. */
  | { kind: 'global'; before: InputWindow };

/**
 * Receptive field of every node, by id: `r = 1 + Σ (k_l − 1) Π_{i<l} s_i` along a path, k with dilation.
 *
 * Where paths join, the window holds what each of them sees: that of the largest path, where all are centred alike.
 * Their strides are then equal; of unequal ones (paths that do not align) the largest is given. `same` padding depends
 * on the extents that a layer receives, and so does `padding`.
 * @see Araujo, Norris, Sim 2019, "Computing receptive fields of convolutional neural networks", https://doi.org/10.23915/distill.00021
 */
export function receptiveFields(graph: Graph): Map<string, ReceptiveField> {
  const start: ReceptiveField = { kind: 'window', size: [1, 1], stride: [1, 1], padding: [0, 0] };
  const fields = new Map<string, ReceptiveField>([[INPUT, start]]);
  const facts = inspectGraph(graph);
  for (const [index, { id, layer, args, inputs }] of graph.nodes.entries()) {
    const joined = inputs.map((input) => fields.get(input) ?? start).reduce(join);
    fields.set(id, look(joined, describeLayer(layer).view(args), facts[index]?.inputShapes[0] ?? []));
  }
  fields.delete(INPUT);
  return fields;
}

/** What a layer's output sees whose input sees `field`. */
function look(field: ReceptiveField, view: View, input: Shape): ReceptiveField {
  if (field.kind === 'global' || view.kind === 'pointwise') return field;
  const { size, stride, padding } = field;
  if (view.kind === 'global') return { kind: 'global', before: { size, stride, padding } };
  const { strides } = view;
  const reach = onAxes((axis) => (view.size[axis] - 1) * view.dilation[axis]);
  const before =
    view.padding === 'same'
      ? onAxes((axis) => samePadding(input[axis] ?? 1, reach[axis], strides[axis]))
      : view.padding === 'valid'
        ? ([0, 0] as const)
        : view.padding;
  return {
    kind: 'window',
    size: onAxes((axis) => size[axis] + reach[axis] * stride[axis]),
    stride: onAxes((axis) => stride[axis] * strides[axis]),
    padding: onAxes((axis) => padding[axis] + before[axis] * stride[axis]),
  };
}

/** Pixels before the first; of an odd number, the larger part comes after the last. */
function samePadding(extent: number, reach: number, stride: number): number {
  const total = (Math.ceil(extent / stride) - 1) * stride + reach + 1 - extent;
  return Math.floor(Math.max(0, total) / 2);
}

function join(a: ReceptiveField, b: ReceptiveField): ReceptiveField {
  const window = joinWindows(a.kind === 'global' ? a.before : a, b.kind === 'global' ? b.before : b);
  return a.kind === 'global' || b.kind === 'global'
    ? { kind: 'global', before: window }
    : { kind: 'window', ...window };
}

function joinWindows(a: InputWindow, b: InputWindow): InputWindow {
  const before = onAxes((axis) => Math.max(a.padding[axis], b.padding[axis]));
  const after = onAxes((axis) => Math.max(a.size[axis] - a.padding[axis], b.size[axis] - b.padding[axis]));
  return {
    size: onAxes((axis) => before[axis] + after[axis]),
    stride: onAxes((axis) => Math.max(a.stride[axis], b.stride[axis])),
    padding: before,
  };
}

function onAxes(of: (axis: 0 | 1) => number): Pair {
  return [of(0), of(1)];
}
