import type { InitializerName } from '@ablate/layers/schema';
import type { ResidualKind, ShortcutKind } from './block-schemas.ts';
import type { AuthoredPath } from './graph.ts';

/** A layer of a list, checked: complete arguments, without the name. */
export interface LayerEntry {
  kind: 'layer';
  type: string;
  args: Record<string, unknown>;
  /** Path of the key that names the layer, or of the list item where it is a bare word. */
  origin: AuthoredPath;
  /** Its id in its list, where it was given one. */
  name?: string;
  /** A width search must leave its width alone. */
  scale?: false;
}

/** `main(x) + shortcut(x)`, then the activation. */
export interface ResidualEntry {
  kind: 'residual';
  main: Entry[];
  /** Left out: x itself; null: no sum. */
  shortcut?: Entry[] | null;
  /** After the sum. */
  activation?: LayerEntry;
  origin: AuthoredPath;
  name?: string;
}

/** Every branch of x, then their merge; or one branch after another. */
export interface ParallelEntry {
  kind: 'parallel';
  branches: Entry[][];
  merge: 'concat' | 'add' | 'chain';
  origin: AuthoredPath;
  name?: string;
}

/** What every block by name has. */
export interface BlockOptions {
  filters: number;
  strides: number;
  kernelSize: number;
  /** Null: none. */
  activation: LayerEntry | null;
  /** Null: none; convolutions have a bias then. */
  norm: LayerEntry | null;
  /** At the end of the main path. */
  attention: LayerEntry | null;
  dropPath: number;
  kernelInitializer: InitializerName;
}

/** A residual block by its kind: its layers depend on the shape of its input. */
export interface ResidualBlockEntry extends BlockOptions {
  kind: 'residualBlock';
  block: ResidualKind;
  shortcut: ShortcutKind;
  expansion: number;
  strideIn: '3x3' | '1x1';
  dropout: number;
  zeroInitLastScale: boolean;
  origin: AuthoredPath;
  name?: string;
}

/** An inverted residual block. */
export interface InvertedResidualEntry extends BlockOptions {
  kind: 'invertedResidual';
  shortcut: 'identity' | 'none';
  expansion: number;
  origin: AuthoredPath;
  name?: string;
}

/** A list item whose problems are reported; shapes are unknown after it. */
export interface BrokenEntry {
  kind: 'broken';
  /** What it was meant to be, if that is known, so that the others keep their numbers. */
  type: string | null;
  origin: AuthoredPath;
}

/** One item of a list of layers. */
export type Entry =
  | LayerEntry
  | ResidualEntry
  | ParallelEntry
  | ResidualBlockEntry
  | InvertedResidualEntry
  | BrokenEntry;
