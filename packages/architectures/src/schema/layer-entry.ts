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
  /** Left out: x itself. */
  shortcut?: Entry[];
  /** After the sum. */
  activation?: LayerEntry;
  origin: AuthoredPath;
  name?: string;
}

/** Every branch of x, then their merge. */
export interface ParallelEntry {
  kind: 'parallel';
  branches: Entry[][];
  merge: 'concat' | 'add';
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
export type Entry = LayerEntry | ResidualEntry | ParallelEntry | BrokenEntry;
