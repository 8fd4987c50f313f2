import type { z } from 'zod';
import type { SpecPath } from './origin.ts';

/** A zod schema as its own definition describes it. Every kind of schema that a spec uses is read here. */
type Schema = z.core.$ZodType;

/**
 * The schemas that a value at `path` may follow: through wrappers, unions (of a discriminated union only the member
 * that the value names) and containers. Empty where the schema knows no such place.
 *
 * @param read The value at a path, to choose between the members of unions.
 */
export function schemasAt(root: Schema, path: SpecPath, read: (path: SpecPath) => unknown): Schema[] {
  let schemas = unwrap(root, read([]));
  for (const [index, step] of path.entries()) {
    const value = read(path.slice(0, index + 1));
    schemas = schemas.flatMap((schema) => child(schema, step)).flatMap((schema) => unwrap(schema, value));
  }
  return schemas;
}

/** The keys that objects at this place may have. */
export function knownKeys(schemas: readonly Schema[]): string[] {
  const keys = schemas.flatMap((schema) => {
    const { def } = (schema as z.core.$ZodTypes)._zod;
    return def.type === 'object' ? Object.keys(def.shape) : [];
  });
  return [...new Set(keys)];
}

/** What values a schema takes, to follow "must be": `a whole number ≥ 1`, `one of "a", "b"`. */
export function describeSchemas(schemas: readonly Schema[]): string {
  const parts = [...new Set(schemas.map(describe))];
  const last = parts.pop() ?? 'something else';
  return parts.length === 0 ? last : `${parts.join(', ')} or ${last}`;
}

/** Takes wrappers off; the result is no wrapper and no union. */
function unwrap(schema: Schema, value: unknown): Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'nonoptional':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
    case 'nullable':
      return unwrap(def.innerType, value);
    case 'lazy':
      return unwrap(def.getter(), value);
    case 'pipe': {
      const first = unwrap(def.in, value);
      return first.every((part) => part._zod.def.type === 'transform') ? unwrap(def.out, value) : first;
    }
    case 'union':
      return chosen(def, value).flatMap((option) => unwrap(option, value));
    case 'intersection':
      return [...unwrap(def.left, value), ...unwrap(def.right, value)];
    default:
      return [schema];
  }
}

function chosen(def: z.core.$ZodUnionDef | z.core.$ZodDiscriminatedUnionDef, value: unknown): readonly Schema[] {
  const options = def.options as readonly Schema[];
  if (!('discriminator' in def) || typeof value !== 'object' || value === null) return options;
  const tag = (value as Record<string, unknown>)[def.discriminator];
  const named = options.filter((option) => option._zod.propValues?.[def.discriminator]?.has(tag as string));
  return named.length > 0 ? named : options;
}

function child(schema: Schema, step: string | number): Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object': {
      const part = Object.hasOwn(def.shape, step) ? def.shape[step] : def.catchall;
      return part === undefined ? [] : [part];
    }
    case 'array':
      return [def.element];
    case 'tuple': {
      const part = def.items[Number(step)] ?? def.rest;
      return part === null || part === undefined ? [] : [part];
    }
    case 'record':
      return [def.valueType];
    default:
      return [];
  }
}

function describe(schema: Schema): string {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'number':
      return describeNumber(def);
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'enum':
      return oneOf(Object.values(def.entries));
    case 'literal':
      return oneOf(def.values);
    case 'array':
      return 'a list';
    case 'tuple':
      return def.rest === null ? `a list of ${def.items.length}` : 'a list';
    case 'object':
    case 'record':
      return 'a map';
    case 'null':
      return 'null';
    default:
      return `a value (${def.type})`;
  }
}

function describeNumber(def: z.core.$ZodNumberDef & { format?: string }): string {
  const bounds: string[] = [];
  let whole = def.format?.includes('int') === true;
  for (const check of def.checks ?? []) {
    const rule = check._zod.def as
      | z.core.$ZodCheckGreaterThanDef
      | z.core.$ZodCheckLessThanDef
      | z.core.$ZodCheckMultipleOfDef
      | z.core.$ZodCheckNumberFormatDef;
    switch (rule.check) {
      case 'greater_than':
        bounds.push(`${rule.inclusive ? '≥' : '>'} ${String(rule.value)}`);
        break;
      case 'less_than':
        bounds.push(`${rule.inclusive ? '≤' : '<'} ${String(rule.value)}`);
        break;
      case 'number_format':
        whole ||= rule.format.includes('int');
        break;
      case 'multiple_of':
        bounds.push(`a multiple of ${String(rule.value)}`);
        break;
      default:
    }
  }
  if (whole) {
    // "> 0" of a whole number reads better as "≥ 1".
    for (const [index, bound] of bounds.entries()) if (bound === '> 0') bounds[index] = '≥ 1';
  }
  return [whole ? 'a whole number' : 'a number', bounds.join(' and ')].filter(Boolean).join(' ');
}

/** `"a"`, or `one of "a", "b"`. */
export function oneOf(values: readonly unknown[]): string {
  const shown = values.map((value) => (typeof value === 'string' ? `"${value}"` : String(value)));
  return shown.length === 1 ? (shown[0] as string) : `one of ${shown.join(', ')}`;
}
