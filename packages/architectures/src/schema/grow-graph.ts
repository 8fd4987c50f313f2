import { describeLayer, formatShape, type Shape, ShapeError } from '@ablate/layers/schema';
import { type AuthoredPath, type GraphNode, INPUT } from './graph.ts';
import type { BlockParts } from './blocks/block-layers.ts';
import { invertedResidualBlock } from './blocks/inverted-residual-block.ts';
import { residualBlock } from './blocks/residual-block.ts';
import type {
  Entry,
  InvertedResidualEntry,
  LayerEntry,
  ParallelEntry,
  ResidualBlockEntry,
  ResidualEntry,
} from './layer-entry.ts';
import type { ArchitectureProblem } from './problem.ts';

/** The end of a path of layers: who gives the value, and its shape, or null after a problem. */
export interface Tip {
  id: string;
  shape: Shape | null;
}

/**
 * Turns entries into nodes and follows the shapes. Ids count the layers of a kind in their list (`conv2d_2`); inside
 * a block they go on from the block's id: `residual_1/main/conv2d_1`, `residual_1/add`. After a layer that can't take
 * its input nothing more is said of the layers behind it.
 */
export class GraphGrower {
  readonly nodes: GraphNode[] = [];
  readonly problems: ArchitectureProblem[] = [];
  readonly #ids = new Map<string, AuthoredPath>();

  /** Appends a list of layers that starts at `tip`; returns its end. */
  list(entries: readonly Entry[], tip: Tip, prefix = ''): Tip {
    const counts = new Map<string, number>();
    let end = tip;
    for (const entry of entries) {
      const type = typeOf(entry);
      const count = (counts.get(type ?? '') ?? 0) + 1;
      counts.set(type ?? '', count);
      const name = entry.kind === 'broken' ? undefined : entry.name;
      end = this.#entry(entry, end, `${prefix}${name ?? `${type}_${count}`}`);
    }
    return end;
  }

  #entry(entry: Entry, tip: Tip, id: string): Tip {
    if (entry.kind === 'broken') return { id: tip.id, shape: null };
    this.#claim(id, entry.origin);
    switch (entry.kind) {
      case 'layer':
        return this.#layer(entry, [tip], id);
      case 'residual':
        return this.#residual(entry, tip, id);
      case 'parallel':
        return this.#parallel(entry, tip, id);
      case 'residualBlock':
      case 'invertedResidual':
        return this.#block(entry, tip, id);
    }
  }

  #claim(id: string, origin: AuthoredPath): void {
    if (this.#ids.has(id)) {
      const message = `layer "${id}": names must differ in a list of layers; another layer has this one.`;
      this.problems.push({ path: origin, message, at: 'key' });
    }
    this.#ids.set(id, origin);
  }

  #layer({ type, args, origin, scale }: LayerEntry, inputs: readonly Tip[], id: string): Tip {
    this.nodes.push({
      id,
      layer: type,
      args,
      inputs: inputs.map((input) => input.id),
      origin,
      ...(scale === false ? { scale } : {}),
    });
    const shapes = inputs.map(({ shape }) => shape);
    if (!isComplete(shapes)) return { id, shape: null };
    const descriptor = describeLayer(type);
    if (descriptor.inputs === 'several' && shapes.length < 2) {
      const message = `${id}: "${type}" joins several inputs, and a list gives it one. Write "residual" or "parallel" instead.`;
      this.problems.push({ path: origin, message, at: 'key' });
      return { id, shape: null };
    }
    try {
      return { id, shape: descriptor.outputShape(args, shapes) };
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      const message = wordShapeError(error, type, id, shapes);
      this.problems.push({ path: origin, message, at: 'key' });
      return { id, shape: null };
    }
  }

  #residual(entry: ResidualEntry, tip: Tip, id: string): Tip {
    const main = this.list(entry.main, tip, `${id}/main/`);
    const { origin, shortcut: layers, activation } = entry;
    const after = (end: Tip) => (activation === undefined ? end : this.#layer(activation, [end], `${id}/activation`));
    if (layers === null) return after(main);
    const shortcut = layers === undefined ? tip : this.list(layers, tip, `${id}/shortcut/`);
    const advice = (shape: Shape) => (layers === undefined ? adviseShortcut(shape, tip.shape) : '');
    const sum = this.#sum(main, shortcut, layers === undefined, id, origin, advice);
    return sum.shape === null ? sum : after(sum);
  }

  /** Main path plus shortcut, where they end in one shape. */
  #sum(
    main: Tip,
    shortcut: Tip,
    identity: boolean,
    id: string,
    origin: AuthoredPath,
    advice: (main: Shape) => string,
  ): Tip {
    if (main.shape !== null && shortcut.shape !== null && !sameShape(main.shape, shortcut.shape)) {
      const whose = identity ? "the block's input, which is its shortcut" : 'shortcut';
      const message = `${id}: main and shortcut must end in the same shape; received ${formatShape(main.shape)} from main and ${formatShape(shortcut.shape)} from ${whose}.${advice(main.shape)}`;
      this.problems.push({ path: origin, message, at: 'key' });
      return { id: `${id}/add`, shape: null };
    }
    return this.#layer(mergeEntry('add', origin), [main, shortcut], `${id}/add`);
  }

  /** A block whose layers depend on the shape of its input; of an input that is not known nothing more is said. */
  #block(entry: ResidualBlockEntry | InvertedResidualEntry, tip: Tip, id: string): Tip {
    if (tip.shape === null) return { id, shape: null };
    const parts: BlockParts =
      entry.kind === 'residualBlock' ? residualBlock(entry, tip.shape) : invertedResidualBlock(entry, tip.shape);
    const start = this.list(parts.shared, tip, `${id}/`);
    const main = this.list(parts.main, start, `${id}/`);
    if (parts.shortcut === null) return this.list(parts.after, main, `${id}/`);
    const identity = parts.shortcut.length === 0;
    const shortcut = identity ? tip : this.list(parts.shortcut, start, `${id}/shortcut/`);
    const advice = () => ' Use "shortcut: projected" or "shortcut: padded".';
    const sum = this.#sum(main, shortcut, identity, id, entry.origin, advice);
    return sum.shape === null ? sum : this.list(parts.after, sum, `${id}/`);
  }

  #parallel({ branches, merge, origin }: ParallelEntry, tip: Tip, id: string): Tip {
    if (merge === 'chain') {
      return branches.reduce((end, branch, index) => this.list(branch, end, `${id}/branch${index + 1}/`), tip);
    }
    const tips = branches.map((branch, index) => this.list(branch, tip, `${id}/branch${index + 1}/`));
    const joined = { id: `${id}/${merge}`, shape: null };
    const shapes = tips.map(({ shape }) => shape);
    if (isComplete(shapes)) {
      const comparable = merge === 'add' ? shapes : shapes.map((shape) => shape.slice(0, -1));
      const [first = []] = comparable;
      if (!comparable.every((shape) => sameShape(shape, first))) {
        const must = merge === 'add' ? 'in the same shape' : 'in the same height and width';
        const message = `${id}: the branches must end ${must}; received ${shapes.map(formatShape).join(', ')}.`;
        this.problems.push({ path: origin, message, at: 'key' });
        return joined;
      }
    }
    return this.#layer(mergeEntry(merge === 'add' ? 'add' : 'concatenate', origin), tips, joined.id);
  }
}

/** The network's input as the start of a list. */
export function inputTip(shape: Shape): Tip {
  return { id: INPUT, shape };
}

/** What numbers an entry among its like: the word that is written. */
function typeOf(entry: Entry): string | null {
  if (entry.kind === 'layer' || entry.kind === 'broken') return entry.type;
  return entry.kind === 'residualBlock' ? 'residual' : entry.kind;
}

function mergeEntry(type: 'add' | 'concatenate', origin: AuthoredPath): LayerEntry {
  return { kind: 'layer', type, args: describeLayer(type).args.parse({}), origin };
}

function isComplete(shapes: (Shape | null)[]): shapes is Shape[] {
  return shapes.every((shape) => shape !== null);
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** The descriptor's sentence, about this layer and its input. */
function wordShapeError({ message }: ShapeError, type: string, id: string, shapes: readonly Shape[]): string {
  const sentence = message.startsWith(`${type}: `) ? message.slice(type.length + 2) : message;
  const input = shapes.map(formatShape).join(' and ');
  return `${id}: ${sentence}${sentence.includes(input) ? '' : ` Its input is ${input}.`}`;
}

/** The usual shortcut, a 1×1 convolution, where one would do. */
function adviseShortcut(main: Shape, input: Shape | null): string {
  const [height = 0, width = 0, channels = 0] = main;
  const [inputHeight = 0, inputWidth = 0] = input ?? [];
  if (main.length !== 3 || input?.length !== 3) return '';
  const strides = Math.round(inputHeight / height);
  const fits = (extent: number, outer: number) => Math.ceil(outer / strides) === extent;
  if (!fits(height, inputHeight) || !fits(width, inputWidth)) return ' Pad its convolutions: padding: same.';
  const stride = strides === 1 ? '' : `, strides: ${strides}`;
  return ` Give it "shortcut: [{ conv2d: { filters: ${channels}, kernelSize: 1${stride} } }]".`;
}
