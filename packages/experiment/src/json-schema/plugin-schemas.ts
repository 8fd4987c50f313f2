import { conditional, type JsonSchema, reference } from './json-schema.ts';

/** Before the names of definitions for files with plugins. */
const PREFIX = 'plugin-';

/** A layer of a plugin: its name, or its name with its arguments. */
const PLUGIN_LAYER = { type: 'string', pattern: '^[a-z][A-Za-z0-9]*$' } satisfies JsonSchema;

/** What holds for a file with `plugins`, and what for one without. */
export function withOrWithoutPlugins(definition: string): JsonSchema {
  return conditional({ required: ['plugins'] }, reference(PREFIX + definition), reference(definition));
}

/**
 * Definitions with a second copy, named `plugin-…`, of those that lead to layers: in it any layer may stand, because a
 * file's plugins bring some.
 */
export function openedForPlugins(definitions: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const opened = leadingTo('layer', definitions);
  const copies = Object.entries(definitions)
    .filter(([name]) => opened.has(name))
    .map(([name, definition]) => {
      const copy = redirected(definition, opened) as JsonSchema;
      return [PREFIX + name, name === 'layer' ? anyLayer(copy) : copy] as const;
    });
  return { ...definitions, ...Object.fromEntries(copies) };
}

/** The names of the definitions from which references lead to `target`, itself among them. */
function leadingTo(target: string, definitions: Record<string, JsonSchema>): Set<string> {
  const texts = Object.entries(definitions).map(([name, definition]) => [name, JSON.stringify(definition)] as const);
  const found = new Set([target]);
  for (const goal of found) {
    for (const [name, text] of texts) if (text.includes(`"${reference(goal).$ref}"`)) found.add(name);
  }
  return found;
}

function redirected(node: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(node)) return node.map((item) => redirected(item, names));
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]): [string, unknown] => {
    const name = key === '$ref' && typeof value === 'string' ? value.slice(reference('').$ref?.length) : undefined;
    return [key, name !== undefined && names.has(name) ? reference(PREFIX + name).$ref : redirected(value, names)];
  });
  return Object.fromEntries(entries);
}

function anyLayer({ anyOf = [], ...layer }: JsonSchema): JsonSchema {
  const options = anyOf.map((option) =>
    option.additionalProperties === false ? { ...option, additionalProperties: { type: ['object', 'null'] } } : option,
  );
  return { ...layer, anyOf: [...options, PLUGIN_LAYER] };
}
