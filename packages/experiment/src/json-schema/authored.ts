import { conditional, type JsonSchema, reference } from './json-schema.ts';

/**
 * `whole`: everything that is required must be there. `partial`: what is written is laid over something else, so that
 * nothing is required, and null takes an inherited key away.
 */
export type AuthoredMode = 'whole' | 'partial';

/** Text that is, or holds, `${name}`. */
export const TEXT_VARIABLE = String.raw`\$\{[A-Za-z_][A-Za-z0-9_]*\}`;

/** `$name` in place of a value, and text with `${name}` in it. */
export const variableDefinitions: Record<string, JsonSchema> = {
  variable: {
    description: 'The value of a variable.',
    type: 'string',
    pattern: String.raw`^\$[A-Za-z_][A-Za-z0-9_]*$`,
  },
  text: {
    description: 'The value of a variable, or text with variables in it.',
    type: 'string',
    pattern: `${String.raw`^\$[A-Za-z_][A-Za-z0-9_]*$`}|${TEXT_VARIABLE}`,
  },
};

/**
 * The schema of a value as it may be written in a file: anything in it can be a variable. `schema` says what the value is
 * once its variables are filled in.
 */
export function authored(schema: JsonSchema, mode: AuthoredMode): JsonSchema {
  const { description, default: preset, ...bare } = schema;
  const notes = {
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
  };
  const plain = withoutVariables(bare, mode);
  const options = plain.anyOf !== undefined && Object.keys(plain).length === 1 ? plain.anyOf : [plain];
  const extra = [
    ...(takesAnyText(options) ? [] : [reference(options.some(isText) ? 'text' : 'variable')]),
    ...(mode === 'partial' ? [{ type: 'null' }] : []),
  ];
  if (extra.length === 0) return { ...notes, ...plain };
  return { ...notes, anyOf: [...options, ...extra] };
}

function withoutVariables(schema: JsonSchema, mode: AuthoredMode): JsonSchema {
  const { anyOf, oneOf, properties, items } = schema;
  if (oneOf !== undefined) return tagged(oneOf, mode);
  if (anyOf !== undefined) return { ...schema, anyOf: anyOf.map((option) => alternative(option, mode)) };
  if (properties !== undefined) {
    const { required, ...rest } = schema;
    return {
      ...rest,
      ...(mode === 'whole' && required !== undefined ? { required } : {}),
      properties: mapValues(properties, (part) => authored(part, mode)),
    };
  }
  // Lists replace each other: what is in them is never laid over anything.
  if (Array.isArray(items)) return { ...schema, items: items.map((item) => authored(item, 'whole')) };
  if (items !== undefined) return { ...schema, items: authored(items, 'whole') };
  return schema;
}

function alternative({ description, default: preset, ...bare }: JsonSchema, mode: AuthoredMode): JsonSchema {
  const notes = description === undefined ? {} : { description };
  return { ...notes, ...(preset === undefined ? {} : { default: preset }), ...withoutVariables(bare, mode) };
}

/**
 * A map that its `name` decides on, as conditions rather than alternatives, so that an editor says what is wrong with
 * the one that is meant. Without a name that is known (a variable, or left to what it is laid over) it has any of the keys.
 */
export function tagged(options: readonly JsonSchema[], mode: AuthoredMode, extra: JsonSchema[] = []): JsonSchema {
  const names = options.flatMap(namesOf);
  const keys = mergeProperties([...options, ...extra]);
  return {
    type: 'object',
    ...(mode === 'whole' ? { required: ['name'] } : {}),
    properties: { name: { anyOf: [{ enum: names }, reference('text')] } },
    allOf: [
      ...options.map((option) =>
        conditional(
          { properties: { name: { enum: namesOf(option) } }, required: ['name'] },
          withoutVariables(option, mode),
        ),
      ),
      conditional(
        { properties: { name: { enum: names } }, required: ['name'] },
        {},
        { properties: mapValues(keys, (part) => authored(part, mode)), additionalProperties: false },
      ),
    ],
  };
}

/** The names that say that a map is meant; several may share one form. */
function namesOf({ properties }: JsonSchema): unknown[] {
  const { const: only, enum: several } = properties?.['name'] ?? {};
  return several ?? [only];
}

/** Every key of any of the maps, with whatever any of them takes there. */
function mergeProperties(options: readonly JsonSchema[]): Record<string, JsonSchema> {
  const merged: Record<string, JsonSchema> = {};
  for (const { properties = {} } of options) {
    for (const [key, part] of Object.entries(properties)) {
      if (key === 'name') merged[key] = { description: 'Which one it is.', type: 'string' };
      else {
        const before = merged[key];
        const { default: _, ...plain } = part;
        const known = before?.anyOf ?? (before === undefined ? [] : [before]);
        const all = [...known, plain].filter(
          (one, index, list) => list.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === index,
        );
        merged[key] = all.length === 1 && all[0] !== undefined ? all[0] : { anyOf: all };
      }
    }
  }
  return merged;
}

function isText({ type, enum: values, const: value }: JsonSchema): boolean {
  return type === 'string' || typeof value === 'string' || (values ?? []).some((one) => typeof one === 'string');
}

/** Variables are text, so what takes any text takes them; so does what takes anything. */
function takesAnyText(options: readonly JsonSchema[]): boolean {
  return options.some((option) => {
    if (Object.keys(option).every((key) => key === 'description' || key === 'default')) return true;
    return option.type === 'string' && option.enum === undefined && option.const === undefined && !option.pattern;
  });
}

export function mapValues<T, U>(map: Record<string, T>, change: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}
