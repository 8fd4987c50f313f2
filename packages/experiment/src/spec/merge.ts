import type { SpecPath } from './origin.ts';
import type { MapNode, SpecNode } from './tree.ts';

/** Where tagged values stand: maps that mean something else once their `name` (or form) changes. */
const TAGGED_PATHS = new Set(['dataset', 'architecture', 'training.optimizer', 'training.schedule']);

/**
 * Lays `over` on `base`: maps merge, everything else replaces; `null` deletes an inherited key and is a value where
 * there is none; a tagged value whose `name` changes, or whose form changes between `name` and `layers`, replaces the
 * whole. Each part keeps the origin of the side it came from. Neither side is changed.
 *
 * @param path Where the two stand in a study: `[]`, or for example `['architecture']`.
 */
export function mergeNodes(base: SpecNode, over: SpecNode, path: SpecPath = []): SpecNode {
  if (base.kind !== 'map' || over.kind !== 'map') return over;
  if (isTagged(path) && tagChanges(base, over)) return over;
  const entries: MapNode['entries'] = new Map(base.entries);
  for (const [name, entry] of over.entries) {
    const inherited = base.entries.get(name);
    if (inherited === undefined) entries.set(name, entry);
    else if (isNull(entry.value)) entries.delete(name);
    else entries.set(name, { key: entry.key, value: mergeNodes(inherited.value, entry.value, [...path, name]) });
  }
  const incomplete = base.incomplete === true || over.incomplete === true;
  return { kind: 'map', entries, origin: over.origin, ...(incomplete ? { incomplete } : {}) };
}

/** A variant holds what a study does. */
function isTagged(path: SpecPath): boolean {
  return TAGGED_PATHS.has((path[0] === 'variants' ? path.slice(2) : path).join('.'));
}

/** Only where both sides say what they are; options alone amend what is inherited. */
function tagChanges(base: MapNode, over: MapNode): boolean {
  const [before, after] = [tagOf(base), tagOf(over)];
  return before !== undefined && after !== undefined && before !== after;
}

function tagOf({ entries }: MapNode): string | undefined {
  const name = entries.get('name')?.value;
  if (name !== undefined) return `name: ${name.kind === 'scalar' ? String(name.value) : name.kind}`;
  return entries.has('layers') ? 'layers' : undefined;
}

function isNull(node: SpecNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}
