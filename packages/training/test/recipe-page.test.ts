import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { trainingSchema } from '../src/schema/index.ts';

/* docs/training.md has a row for each key of the recipe and for each option of what has a name, as the schema says them. */

const page = readFileSync(new URL('../../../docs/training.md', import.meta.url), 'utf8');

type JsonSchema = z.core.JSONSchema.JSONSchema;
const { properties: keys = {} } = schemaOf(z.toJSONSchema(trainingSchema, { io: 'input' }));

/** `momentum`: what it is, and its options. */
interface Named {
  name: string;
  what: string;
  options: [name: string, schema: JsonSchema][];
}

test('docs/training.md says what the schema says', () => {
  const rows = [
    ...Object.entries(keys).map(([key, schema]) => keyRow(key, schemaOf(schema))),
    ...['optimizer', 'schedule', 'loss'].flatMap((key) => namedRows(namedOf(schemaOf(keys[key])))),
  ];
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
});

function keyRow(key: string, schema: JsonSchema): string {
  const inner = Object.entries(schema.properties ?? {}).map(([name, option]) => optionText(name, schemaOf(option)));
  const what = [schema.description, ...inner].join(' ');
  return `| \`${key}\` | ${defaultOf(schema)} | ${what} |`;
}

/** First a row for each name, then one for each of their options, with the names that have it in these words. */
function namedRows(all: readonly Named[]): string[] {
  const options = new Map<string, string[]>();
  for (const { name, options: own } of all) {
    for (const [option, schema] of own) {
      const row = `\`${option}\` | ${schema.description ?? ''}`;
      options.set(row, [...(options.get(row) ?? []), name]);
    }
  }
  const names = all.map(({ name, what, options: own }) => {
    const defaults = own.map(([option, schema]) => `\`${option}: ${text(schema.default)}\``).join(', ');
    return `| \`${name}\` | ${what} | ${defaults} |`;
  });
  return [...names, ...[...options].map(([row, of]) => `| ${row} | ${of.join(', ')} |`)];
}

function namedOf({ oneOf = [] }: JsonSchema): Named[] {
  return oneOf.map((one) => {
    const { description = '', properties: { name, ...options } = {} } = schemaOf(one);
    const entries = Object.entries(options).map(
      ([option, schema]) => [option, schemaOf(schema)] as [string, JsonSchema],
    );
    return { name: String(schemaOf(name).const), what: description, options: entries };
  });
}

function optionText(name: string, { description = '', default: value }: JsonSchema): string {
  return `\`${value === undefined ? name : `${name}: ${text(value)}`}\`: ${description}`;
}

function defaultOf({ default: value, properties }: JsonSchema): string {
  if (value === undefined || properties !== undefined) return '';
  return `\`${typeof value === 'object' && value !== null && 'name' in value ? String(value.name) : text(value)}\``;
}

/** A value as YAML. */
function text(value: unknown): string {
  return JSON.stringify(value).replaceAll('"', '').replaceAll(',', ', ');
}

function schemaOf(schema: unknown): JsonSchema {
  return schema as JsonSchema;
}
