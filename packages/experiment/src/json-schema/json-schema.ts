import { z } from 'zod';

/** What is used here of JSON Schema, draft 7. */
export interface JsonSchema {
  $schema?: string;
  $ref?: string;
  title?: string;
  description?: string;
  default?: unknown;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  pattern?: string;
  maximum?: number;
  minItems?: number;
  minProperties?: number;
  maxProperties?: number;
  patternProperties?: Record<string, JsonSchema>;
  properties?: Record<string, JsonSchema>;
  propertyNames?: JsonSchema;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema | JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  if?: JsonSchema;
  then?: JsonSchema;
  else?: JsonSchema;
  definitions?: Record<string, JsonSchema>;
}

/** The JSON Schema of what a zod schema takes: defaults may be left out. */
export function inputJsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
  return withoutSafeMaximum(JSON.parse(JSON.stringify(rest)) as JsonSchema);
}

export function reference(definition: string): JsonSchema {
  return { $ref: `#/definitions/${definition}` };
}

/** What holds where a condition is met, and where it is not. */
export function conditional(condition: JsonSchema, met: JsonSchema, unmet: JsonSchema = {}): JsonSchema {
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  return { if: condition, then: met, else: unmet };
}

/** Every whole number has this bound; it says nothing to a reader. */
function withoutSafeMaximum<T>(node: T): T {
  if (Array.isArray(node)) return node.map((item: unknown) => withoutSafeMaximum(item)) as T;
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(([key, value]) => key !== 'maximum' || value !== Number.MAX_SAFE_INTEGER);
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutSafeMaximum<unknown>(value)])) as T;
}
