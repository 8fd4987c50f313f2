import { z } from 'zod';
import {
  architectureNames,
  architectureSchemas,
  architectures,
  buildGraph,
  countParameters,
  type Graph,
  inspectGraph,
} from '../src/schema/index.ts';
import { type PublishedCount, publishedCounts, publishedMacs } from '../test/published-counts.ts';
import { publishedShapes } from '../test/published-shapes.ts';

const contexts = {
  cifar: { inputShape: [32, 32, 3], classes: 10 },
  imagenet: { inputShape: [224, 224, 3], classes: 1000 },
};

/** docs/architectures.md: every architecture with its options, and its numbers beside those of its source. */
export function architecturesPage(): string {
  return `# Architectures

${architectureNames.length} networks by name, for any image size and number of classes: \`architecture: { name: resnet-20, norm: group, widthMultiplier: 0.5 }\`.
\`ablate describe\` shows the layers of any. This page is written by \`npm run page -w packages/architectures\`; the tests hold
every network to the numbers below.

## Options

${families().map(optionsOf).join('\n\n')}

## Parameters

Trainable ones, as the graph counts them, equal to the unit to those of the source.

${table(['architecture', 'options', 'input', 'parameters', 'source'], publishedCounts.map(countRow))}

## Multiply-accumulates

Of one image of 224×224 pixels, in thousands of millions; a multiplication with its addition is one.

${table(
  ['architecture', 'counted', 'published', 'source'],
  publishedMacs.map(({ name, gigaMacs, digits, from }) => [name, gigaMacsOf(name).toFixed(digits + 1), gigaMacs, from]),
)}

## Feature maps

Height × width × channels at the end of each part, equal to those of the source.

${table(
  ['architectures', 'input', 'feature maps', 'source'],
  publishedShapes.map(({ names, inputShape, shapes, from }) => [
    names.join(', '),
    inputShape.join('×'),
    Object.entries(shapes)
      .map(([id, shape]) => `${id} ${shape.join('×')}`)
      .join(', '),
    from,
  ]),
)}
`;
}

/** Names that share their options, in order. */
function families(): string[][] {
  const options = new Set(Object.values(architectureSchemas));
  return [...options].map((shared) => architectureNames.filter((name) => architectureSchemas[name] === shared));
}

function optionsOf(names: readonly string[]): string {
  const [first = ''] = names;
  const { properties = {} } = z.toJSONSchema(architectureSchemas[first] ?? z.never(), { io: 'input' });
  const rows = Object.entries(properties)
    .filter(([option]) => option !== 'name')
    .map(([option, schema]) => {
      const { description = '', default: preset, ...rest } = schema as z.core.JSONSchema.JSONSchema;
      return [
        `\`${option}\``,
        preset === undefined ? '' : `\`${JSON.stringify(preset)}\``,
        valuesOf(rest),
        description,
      ];
    });
  const title = names.map((name) => `\`${name}\``).join(', ');
  const summary = names.length === 1 ? `\n\n${architectures[first]?.summary}` : '';
  return `### ${title}${summary}\n\n${table(['option', 'default', 'values', 'meaning'], rows)}`;
}

/** The names that an option takes, and what else. */
function valuesOf(schema: z.core.JSONSchema.JSONSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(valuesOf).join('; ');
  if (schema.enum !== undefined) return schema.enum.join(', ');
  if (schema.type === 'object') return 'a layer with its arguments';
  if (schema.type === 'array') return `list: ${valuesOf(schema.items as typeof schema)}`;
  return String(schema.type);
}

function countRow({ name, options, data, trainable, from }: PublishedCount): unknown[] {
  const { inputShape, classes } = typeof data === 'string' ? contexts[data] : data;
  const { trainable: counted } = countParameters(graphOf(name, options, { inputShape, classes }));
  if (counted !== trainable) throw new Error(`${name}: ${counted} parameters; ${from} has ${trainable}.`);
  const written = Object.entries(options ?? {}).map(([option, value]) => `${option}: ${value}`);
  return [name, written.join(', '), `${inputShape.join('×')} → ${classes}`, counted.toLocaleString('en'), from];
}

function gigaMacsOf(name: string): number {
  return inspectGraph(graphOf(name, {}, contexts.imagenet)).reduce((sum, { macs }) => sum + macs, 0) / 1e9;
}

function graphOf(name: string, options: object | undefined, context: { inputShape: number[]; classes: number }): Graph {
  const { graph, problems } = buildGraph({ name, ...options }, context);
  if (graph === null) throw new Error(problems.map(({ message }) => message).join('\n'));
  return graph;
}

function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const line = (cells: readonly unknown[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
