import type { Graph } from '@ablate/architectures/schema';
import type { Shape, View } from '@ablate/layers/schema';
import { type Network, networkOfGraph } from './network.ts';

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
  /** Middle of the first element's window, `(size − 1)/2 − padding`; pixel 0 is the first. */
  centre: Pair;
  /**
   * Paths that differ in stride or centre have met on the way: the window holds what each of them sees, but is not that
   * of the largest path at every element. Absent where all paths align.
   */
  misaligned?: true;
}

/** What one element of a node's output sees of the network's input. */
export type ReceptiveField =
  | ({ kind: 'window' } & InputWindow)
  /**
   * Everything: there is a dense layer, a global pooling or squeeze-excitation on the way. `before` is the value without
   * them, as if they saw their own place alone.
   */
  | { kind: 'global'; before: InputWindow };

/** A receptive field where some layers may not be known; `before` is the value as if they saw their own place alone. */
export type PartialReceptiveField = ReceptiveField | { kind: 'unknown'; before: InputWindow };

/**
 * Receptive field of every node, by id: `r = 1 + Σ (k_l − 1) Π_{i<l} s_i` along a path, k with dilation.
 *
 * Where paths join, the window holds what each of them sees: that of the largest path, where all are centred alike.
 * Paths that are not, or whose strides differ (of which the largest is given), are `misaligned`: so are a 3×3 and a 1×1
 * convolution of stride 2 with `same` padding on an even extent, which TensorFlow pads only at the end. `same` padding
 * depends on the extents that a layer receives, and so does `padding`.
 * @see Araujo, Norris, Sim 2019, "Computing receptive fields of convolutional neural networks", https://doi.org/10.23915/distill.00021
 */
export function receptiveFields(graph: Graph): Map<string, ReceptiveField> {
  const fields = new Map<string, ReceptiveField>();
  for (const [id, field] of networkReceptiveFields(networkOfGraph(graph))) {
    if (field.kind === 'unknown') throw new Error(`internal: layer "${id}" of a graph has no view.`);
    fields.set(id, field);
  }
  return fields;
}

/** The same for any network: `unknown` from a layer on that is not known. */
export function networkReceptiveFields({ nodes }: Network): Map<string, PartialReceptiveField> {
  const fields = new Map<string, PartialReceptiveField>();
  for (const { id, inputs, inputShapes, view } of nodes) {
    const joined = inputs.map((input) => fields.get(input) ?? START).reduce(join);
    fields.set(id, look(joined, view, inputShapes[0] ?? []));
  }
  return fields;
}

const START: ReceptiveField = { kind: 'window', size: [1, 1], stride: [1, 1], padding: [0, 0], centre: [0, 0] };

/** What a layer's output sees whose input sees `field`. */
function look(field: PartialReceptiveField, view: View | null, input: Shape): PartialReceptiveField {
  const window = windowOf(field);
  if (view === null) return { kind: 'unknown', before: window };
  if (view.kind === 'pointwise') return field;
  if (view.kind === 'global') return field.kind === 'unknown' ? field : { kind: 'global', before: window };
  const seen = slide(window, view, input);
  return field.kind === 'window' ? { kind: 'window', ...seen } : { kind: field.kind, before: seen };
}

/** What a window of the layer sees whose single elements see `field`. */
function slide(field: InputWindow, view: Extract<View, { kind: 'window' }>, input: Shape): InputWindow {
  const { size, stride, padding, misaligned } = field;
  const { strides } = view;
  const reach = onAxes((axis) => (view.size[axis] - 1) * view.dilation[axis]);
  const before =
    view.padding === 'same'
      ? onAxes((axis) => samePadding(input[axis] ?? 1, reach[axis], strides[axis]))
      : view.padding === 'valid'
        ? ([0, 0] as const)
        : view.padding;
  return windowAt(
    onAxes((axis) => size[axis] + reach[axis] * stride[axis]),
    onAxes((axis) => stride[axis] * strides[axis]),
    onAxes((axis) => padding[axis] + before[axis] * stride[axis]),
    misaligned === true,
  );
}

/** Pixels before the first; of an odd number, the larger part comes after the last. */
function samePadding(extent: number, reach: number, stride: number): number {
  const total = (Math.ceil(extent / stride) - 1) * stride + reach + 1 - extent;
  return Math.floor(Math.max(0, total) / 2);
}

function join(a: PartialReceptiveField, b: PartialReceptiveField): PartialReceptiveField {
  const window = joinWindows(windowOf(a), windowOf(b));
  if (a.kind === 'unknown' || b.kind === 'unknown') return { kind: 'unknown', before: window };
  if (a.kind === 'global' || b.kind === 'global') return { kind: 'global', before: window };
  return { kind: 'window', ...window };
}

function joinWindows(a: InputWindow, b: InputWindow): InputWindow {
  const before = onAxes((axis) => Math.max(a.padding[axis], b.padding[axis]));
  const after = onAxes((axis) => Math.max(a.size[axis] - a.padding[axis], b.size[axis] - b.padding[axis]));
  const aligned = [0, 1].every((axis) => a.stride[axis] === b.stride[axis] && a.centre[axis] === b.centre[axis]);
  return windowAt(
    onAxes((axis) => before[axis] + after[axis]),
    onAxes((axis) => Math.max(a.stride[axis], b.stride[axis])),
    before,
    !aligned || a.misaligned === true || b.misaligned === true,
  );
}

function windowAt(size: Pair, stride: Pair, padding: Pair, misaligned: boolean): InputWindow {
  const centre = onAxes((axis) => (size[axis] - 1) / 2 - padding[axis]);
  return { size, stride, padding, centre, ...(misaligned ? { misaligned } : {}) };
}

/** The window without what makes it global or unknown. */
function windowOf(field: PartialReceptiveField): InputWindow {
  if (field.kind !== 'window') return field.before;
  const { kind: _, ...window } = field;
  return window;
}

function onAxes(of: (axis: 0 | 1) => number): Pair {
  return [of(0), of(1)];
}
