import {
  architectureSchemas,
  architectures,
  blockSchemas,
  knownLayerTypes,
  layerNameSchema,
  layerScaleSchema,
} from '@ablate/architectures/schema';
import { describeLayer, isLayerType } from '@ablate/layers/schema';
import { type AuthoredMode, authored, TEXT_VARIABLE, tagged } from './authored.ts';
import { conditional, inputJsonSchema, type JsonSchema, reference } from './json-schema.ts';

/** Definitions of lists of layers: what each layer takes, an item, a list. */
export function layerDefinitions(): Record<string, JsonSchema> {
  const types = knownLayerTypes();
  const args = new Map(types.map((type) => [type, argumentsOf(type)]));
  const optional = types.filter((type) => (args.get(type)?.required ?? []).length === 0);
  const item: JsonSchema = {
    description: 'A layer: its name alone, or its name with its arguments.',
    anyOf: [
      { enum: optional },
      reference('variable'),
      {
        type: 'object',
        minProperties: 1,
        maxProperties: 1,
        additionalProperties: false,
        properties: Object.fromEntries(types.map((type) => [type, argumentsReference(type, optional)])),
        patternProperties: { [TEXT_VARIABLE]: reference('layer-by-variable') },
      },
    ],
  };
  return {
    ...Object.fromEntries([...args].map(([type, schema]) => [definitionOf(type), schema])),
    'layer-by-variable': ofAnyLayer([...args.values()]),
    layer: item,
    layers: { description: 'Layers, from the input to the logits.', type: 'array', items: reference('layer') },
  };
}

/** Each family by its name with its options, laid over what a study or a base says. */
export function familiesSchema(): JsonSchema {
  const { allOf: forms = [] } = tagged(families(), 'partial');
  return { allOf: forms.slice(0, -1) };
}

/** What the families take; those that share their options once, with all their names. */
function families(): JsonSchema[] {
  const named = Object.entries(architectureSchemas);
  return [...new Set(Object.values(architectureSchemas))].map((options) => {
    const [first = '', ...others] = named.filter(([, own]) => own === options).map(([name]) => name);
    const description = others.length === 0 ? architectures[first]?.summary : undefined;
    return { ...inputJsonSchema(options), ...(description === undefined ? {} : { description }) };
  });
}

/** `architecture`: a list of layers, or a family by its name. */
export function architectureSchema(mode: AuthoredMode): JsonSchema {
  const layers: JsonSchema = {
    type: 'object',
    required: ['layers'],
    additionalProperties: false,
    properties: { layers: reference('authored-layers') },
  };
  const { allOf: forms = [], ...named } = tagged(families(), mode, mode === 'partial' ? [layers] : []);
  // Those by name hold no layers, and are long: once in the schema.
  const family = { ...named, allOf: [reference('partial-families'), ...forms.slice(-1)] };
  return {
    description: 'The network: layers, or a family by its name with its options.',
    anyOf: [
      conditional({ type: 'object', required: ['layers'] }, layers, family),
      reference('variable'),
      ...(mode === 'partial' ? [{ type: 'null' }] : []),
    ],
  };
}

/** Of a layer whose name is a variable no more is known than that some layer must have each argument. */
function ofAnyLayer(args: readonly JsonSchema[]): JsonSchema {
  const names = new Set(args.flatMap(({ properties = {} }) => Object.keys(properties)));
  return {
    description: 'Arguments of a layer whose name is a variable.',
    anyOf: [
      {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries([...names].sort().map((name) => [name, {}])),
      },
      reference('variable'),
      { type: 'null' },
    ],
  };
}

function argumentsReference(type: string, optional: readonly string[]): JsonSchema {
  const description = isLayerType(type)
    ? describeLayer(type).summary
    : inputJsonSchema(blockSchemas[type as keyof typeof blockSchemas]).description;
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [
      reference(definitionOf(type)),
      reference('variable'),
      ...(optional.includes(type) ? [{ type: 'null' }] : []),
    ],
  };
}

function argumentsOf(type: string): JsonSchema {
  const name = inputJsonSchema(layerNameSchema);
  if (isLayerType(type)) {
    const { args, width } = describeLayer(type);
    const schema = inputJsonSchema(args);
    if (width === undefined) return withKeys(schema, { name });
    return withKeys(schema, { name, scale: inputJsonSchema(layerScaleSchema) });
  }
  const schema = inputJsonSchema(blockSchemas[type as keyof typeof blockSchemas]);
  const { main, shortcut, branches, layers } = schema.properties ?? {};
  const list = (of: JsonSchema | undefined, part: JsonSchema) => (of === undefined ? {} : { ...of, ...part });
  const lists = {
    ...(main && { main: list(main, { items: reference('layer') }) }),
    ...(shortcut && { shortcut: list(shortcut, { items: reference('layer') }) }),
    ...(layers && { layers: list(layers, { items: reference('layer') }) }),
    ...(branches && { branches: list(branches, { items: reference('authored-layers') }) }),
  };
  // What is repeated has ids, the repetition has none.
  return withKeys(schema, { ...lists, ...(type === 'repeat' ? {} : { name }) });
}

function withKeys(schema: JsonSchema, keys: Record<string, JsonSchema>): JsonSchema {
  const { anyOf, ...only } = authored({ ...schema, properties: { ...schema.properties, ...keys } }, 'whole');
  return anyOf?.[0] ?? only;
}

function definitionOf(type: string): string {
  return `layer-${type}`;
}
