import { z } from 'zod';
import type { LayerDescriptor } from './descriptor.ts';

/** A layer that a program or a study's plugin added. */
interface Registered {
  descriptor: LayerDescriptor;
  /** What added it, for messages. */
  source: string;
}

const registered = new Map<string, Registered>();

/** The layer that was added under a name; undefined where there is none. */
export function registeredLayer(type: string): Registered | undefined {
  return registered.get(type);
}

/** The names of the layers that were added, in the order in which they were. */
export function registeredTypes(): string[] {
  return [...registered.keys()];
}

function text(pattern: RegExp, message: string): z.ZodString {
  return z.string(message).regex(pattern, message);
}

/** What can be checked of a descriptor without using it. */
const descriptorSchema = z.looseObject(
  {
    type: text(/^[a-z][A-Za-z0-9]*$/, 'must be camelCase letters and digits, as in "scaleBy"'),
    className: text(/^[A-Z][A-Za-z0-9]*$/, 'must be PascalCase letters and digits, as in "ScaleBy"'),
    summary: text(/./, 'must be one line that says what the layer does'),
    args: z.custom((value) => value instanceof z.ZodType || isSchema(value), 'must be a schema of zod 4'),
    inputs: z.enum(['one', 'several'], 'must be "one" or "several"'),
    ...Object.fromEntries(
      ['outputShape', 'weights', 'macs', 'view'].map((name) => [
        name,
        z.custom((value) => typeof value === 'function', 'must be a function'),
      ]),
    ),
  },
  'must be an object with `type`, `args`, `outputShape`, …',
);

/** Another copy of zod made it. */
function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '_zod' in value && 'safeParse' in value;
}

/**
 * Adds a layer to those that studies can name, in this process. The same source may add its layer again, changed.
 *
 * @param known Names that are taken by layers that are always there.
 * @param source What adds it, such as the path of a plugin.
 * @throws Error if the descriptor is none, or its name is taken.
 */
export function addLayer(descriptor: unknown, source: string, known: readonly string[]): void {
  const checked = descriptorSchema.safeParse(descriptor);
  if (!checked.success) {
    const wrong = checked.error.issues.map(({ path, message }) => `${['descriptor', ...path].join('.')} ${message}`);
    throw new Error(`${wrong.join('; ')}.`);
  }
  const { type } = checked.data;
  const before = registered.get(type);
  if (known.includes(type)) throw new Error(`layer "${type}" is already there. Give the plugin's layer another name.`);
  if (before !== undefined && before.source !== source) {
    throw new Error(`layer "${type}" is already added by ${before.source}. Give one of them another name.`);
  }
  registered.set(type, { descriptor: descriptor as LayerDescriptor, source });
}
