import { describeLayer } from '@ablate/layers/schema';
import type { BlockOptions, LayerEntry } from '../layer-entry.ts';
import type { AuthoredPath } from '../graph.ts';

/** The layers of a block, once the shape of its input is known. */
export interface BlockParts {
  /** Before the ways part. */
  shared: LayerEntry[];
  main: LayerEntry[];
  /** None: the block's input itself. Null: no sum. */
  shortcut: LayerEntry[] | null;
  /** After the sum. */
  after: LayerEntry[];
}

/** Makes the layers of one block, which all stand where the block does, and carry what it is told about all of them. */
export class BlockLayers {
  readonly #options: BlockOptions;
  readonly #origin: AuthoredPath;

  constructor(options: BlockOptions, origin: AuthoredPath) {
    this.#options = options;
    this.#origin = origin;
  }

  layer(name: string, type: string, args: Record<string, unknown> = {}): LayerEntry {
    return { kind: 'layer', type, args: describeLayer(type).args.parse(args), origin: this.#origin, name };
  }

  /** Padded to keep the size; with a bias where no normalization follows. */
  conv(name: string, filters: number, kernelSize: number, strides = 1): LayerEntry {
    const { kernelInitializer, norm } = this.#options;
    const args = { filters, kernelSize, strides, padding: 'same', useBias: norm === null, kernelInitializer };
    return this.layer(name, 'conv2d', args);
  }

  depthwise(name: string, kernelSize: number, strides: number): LayerEntry {
    const { kernelInitializer, norm } = this.#options;
    const args = { kernelSize, strides, padding: 'same', useBias: norm === null };
    return this.layer(name, 'depthwiseConv2d', { ...args, depthwiseInitializer: kernelInitializer });
  }

  /** The block's normalization, if it has one. */
  norm(name: string, args: Record<string, unknown> = {}): LayerEntry[] {
    const { norm } = this.#options;
    return norm === null ? [] : [{ ...norm, args: { ...norm.args, ...args }, name }];
  }

  activation(name: string): LayerEntry[] {
    const { activation } = this.#options;
    return activation === null ? [] : [{ ...activation, name }];
  }

  dropout(rate: number): LayerEntry[] {
    return rate === 0 ? [] : [this.layer('dropout', 'dropout', { rate })];
  }

  /** What ends a main path. */
  end(): LayerEntry[] {
    const { attention, dropPath } = this.#options;
    return [
      ...(attention === null ? [] : [{ ...attention, name: attention.name ?? 'attention' }]),
      ...(dropPath === 0 ? [] : [this.layer('dropPath', 'dropPath', { rate: dropPath })]),
    ];
  }
}
