import { type Origin, type OriginEntry, OriginMap, type SpecPath } from './origin.ts';

/** A value of a spec together with where each part of it is written. */
export type SpecNode = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  kind: 'scalar';
  value: unknown;
  origin: Origin;
  /** Columns between the origin and the text itself (0 plain, 1 quoted); absent where text and source differ. */
  inset?: number;
  /** The value could not be resolved and its problem is reported. */
  unresolved?: boolean;
}

export interface ListNode {
  kind: 'list';
  items: SpecNode[];
  origin: Origin;
}

export interface MapNode {
  kind: 'map';
  entries: Map<string, MapEntry>;
  origin: Origin;
  /** Keys of it could not be read and are reported. */
  incomplete?: boolean;
}

export interface MapEntry {
  key: KeyNode;
  value: SpecNode;
}

/** A key is text: what a scalar is, without the other kinds of values. */
export interface KeyNode {
  origin: Origin;
  inset?: number;
}

/** The plain object that a tree stands for, and the origin of each of its places. */
export function toPlain(root: SpecNode): { value: unknown; origins: OriginMap } {
  const value = plain(root);
  const origins = new OriginMap(value);
  record(root, [], undefined, origins);
  return { value, origins };
}

function plain(node: SpecNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plain);
    case 'map':
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plain(entry.value)]));
  }
}

function record(node: SpecNode, path: SpecPath, key: Origin | undefined, origins: OriginMap): void {
  const entry: OriginEntry = { value: node.origin };
  if (key !== undefined) entry.key = key;
  if (node.kind === 'scalar' && node.unresolved === true) entry.unresolved = true;
  origins.set(path, entry);
  if (node.kind === 'list') {
    for (const [index, item] of node.items.entries()) record(item, [...path, index], undefined, origins);
  } else if (node.kind === 'map') {
    if (node.incomplete === true) entry.incomplete = true;
    for (const [name, child] of node.entries) record(child.value, [...path, name], child.key.origin, origins);
  }
}

/** The tree of a value that no file wrote, such as `$classes`: every part of it comes from `origin`. */
export function fromPlain(value: unknown, origin: Origin): SpecNode {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => fromPlain(item, origin)), origin };
  if (typeof value !== 'object' || value === null) return { kind: 'scalar', value, origin };
  const entries = Object.entries(value).map(([key, part]): [string, MapEntry] => [
    key,
    { key: { origin }, value: fromPlain(part, origin) },
  ]);
  return { kind: 'map', entries: new Map(entries), origin };
}

/** A copy that says of every part that it came in at `via`: the outermost mention, where mentions are nested. */
export function arriveVia(node: SpecNode, via: Origin): SpecNode {
  return moveOrigins(node, (origin) => ({ ...origin, via }));
}

/** A copy with each origin changed. */
export function moveOrigins(node: SpecNode, moved: (origin: Origin) => Origin): SpecNode {
  const origin = moved(node.origin);
  switch (node.kind) {
    case 'scalar':
      return { ...node, origin };
    case 'list':
      return { kind: 'list', items: node.items.map((item) => moveOrigins(item, moved)), origin };
    case 'map': {
      const entries = [...node.entries].map(([name, { key, value }]): [string, MapEntry] => [
        name,
        { key: { ...key, origin: moved(key.origin) }, value: moveOrigins(value, moved) },
      ]);
      return { ...node, entries: new Map(entries), origin };
    }
  }
}

/** How many values a tree holds, itself included. */
export function countNodes(node: SpecNode): number {
  switch (node.kind) {
    case 'scalar':
      return 1;
    case 'list':
      return node.items.reduce((sum, item) => sum + countNodes(item), 1);
    case 'map':
      return [...node.entries.values()].reduce((sum, entry) => sum + countNodes(entry.value), 1);
  }
}
