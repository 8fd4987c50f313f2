import { type ActivationName, activationNames, allLayerTypes, describeLayer, isLayerType } from '@ablate/layers/schema';
import type { z } from 'zod';
import {
  BOTTLENECK_EXPANSION,
  blockSchemas,
  layerNameSchema,
  layerScaleSchema,
  type ResidualArgs,
} from './block-schemas.ts';
import { describeValue, isMap } from './describe-value.ts';
import type { AuthoredPath } from './graph.ts';
import type { BlockOptions, Entry, LayerEntry, ResidualEntry } from './layer-entry.ts';
import { type ArchitectureProblem, zodProblem } from './problem.ts';

/** A list of layers, read; with problems, some entries are broken. */
export interface NormalizedLayers {
  entries: Entry[];
  problems: ArchitectureProblem[];
}

/**
 * Reads a list of layers as it is authored: `flatten`, `{ conv2d: { filters: 32 } }`,
 * `{ residual: { main: […], shortcut?: […], activation? } }`, `{ residual: { kind: 'bottleneck', filters: 256, … } }`,
 * `{ invertedResidual: { filters: 24, … } }`, `{ parallel: { branches: [[…], …], merge? } }`, and
 * `{ repeat: { times: 3, layers: […] } }`, which becomes the entries of its layers, three times.
 * Fills in default arguments. Every layer and block may have a `name`, its id, and a layer with `filters` or `units` `scale: false`,
 * which keeps {@link matchWidths} from changing them. Never throws: what is wrong is collected.
 *
 * @param base Where the list stands below `architecture`.
 */
export function normalizeLayers(value: unknown, base: AuthoredPath): NormalizedLayers {
  const reader = new ListReader();
  const entries = reader.list(value, base);
  return { entries, problems: reader.problems };
}

/**
 * Problems of one layer as an option holds it: a name, or a map from its name to its arguments.
 *
 * @param path Where it stands below `architecture`.
 */
export function layerProblems(value: unknown, path: AuthoredPath): ArchitectureProblem[] {
  const reader = new ListReader();
  reader.part(value, path);
  return reader.problems;
}

/** Of a list whose every `repeat` is of 0 times. */
export const NOTHING_LEFT = 'must have at least one layer; every "repeat" in it is of 0 times, so that none is left.';

/** What a list of layers can name: layers of one input, and blocks of layers. */
export function knownLayerTypes(): string[] {
  const single = allLayerTypes().filter((type) => describeLayer(type).inputs === 'one');
  return [...single, ...Object.keys(blockSchemas)];
}

class ListReader {
  readonly problems: ArchitectureProblem[] = [];

  list(value: unknown, path: AuthoredPath): Entry[] {
    if (Array.isArray(value)) return value.flatMap((item: unknown, index) => this.#item(item, [...path, index]));
    this.problems.push({ path, message: `must be a list of layers; received ${describeValue(value)}.` });
    return [{ kind: 'broken', type: null, origin: path }];
  }

  /** One entry, unless it is a `repeat`. */
  #item(item: unknown, path: AuthoredPath): Entry[] {
    if (typeof item === 'string') {
      if (isKnown(item)) return this.#known(item, {}, path);
      this.#unknown(item, path);
      return [{ kind: 'broken', type: item, origin: path }];
    }
    if (!isMap(item) || Object.keys(item).length === 0) {
      const message = `a layer must be a name ("flatten") or a name with its arguments ("conv2d: { filters: 32 }"); received ${describeValue(item)}.`;
      this.problems.push({ path, message });
      return [{ kind: 'broken', type: null, origin: path }];
    }
    const keys = Object.keys(item);
    const [first = ''] = keys;
    const type = keys.find(isKnown) ?? first;
    const others = keys.filter((key) => key !== type);
    const origin = [...path, type];
    if (!isKnown(type)) this.#unknown(type, origin);
    if (others.length > 0) this.#severalKeys(type, item[type], others, path);
    if (!isKnown(type) || others.length > 0) return [{ kind: 'broken', type, origin }];
    return this.#known(type, item[type] ?? {}, origin);
  }

  /** `- conv2d:` with `filters: 32` in its column reads as one item with two keys. */
  #severalKeys(type: string, args: unknown, others: string[], path: AuthoredPath): void {
    const [first = ''] = others;
    const stray = others.find(isKnown) ?? first;
    const message =
      isKnown(stray) || args !== null
        ? `each layer must be a list item of its own; "${stray}" stands beside "${type}". ${isKnown(stray) ? `Begin it with "- ${stray}:".` : `Indent it below "${type}" if it is an argument.`}`
        : `the arguments of "${type}" must be indented below it; ${listNames(others)} beside it.`;
    this.problems.push({ path: [...path, stray], message, at: 'key' });
  }

  /** @param origin Where the arguments stand: the key that names the layer, or the bare word. */
  #known(type: string, value: unknown, origin: AuthoredPath): Entry[] {
    return type === 'repeat' ? this.#repeat(value, origin) : [this.#single(type, value, origin)];
  }

  #repeat(value: unknown, origin: AuthoredPath): Entry[] {
    const checked = this.#parse(blockSchemas.repeat, value, origin);
    const entries = this.#inner(isMap(value) ? value['layers'] : undefined, [...origin, 'layers']);
    if (checked === null) return [{ kind: 'broken', type: null, origin }];
    const { times } = checked;
    const copied = times > 1 ? this.#unnamed(entries) : entries;
    return Array.from({ length: times }, () => copied).flat();
  }

  /** Layers that come several times in one list can't be called by one name; says so once. */
  #unnamed(entries: Entry[]): Entry[] {
    for (const entry of entries) {
      if (entry.kind === 'broken' || entry.name === undefined) continue;
      const message = `name: a layer that is repeated can't have the name "${entry.name}", for ids must differ. Leave it out: the ids of its copies are counted.`;
      this.problems.push({ path: [...entry.origin, 'name'], message });
      delete entry.name;
    }
    return entries;
  }

  #single(type: string, value: unknown, origin: AuthoredPath): Entry {
    const { options, args } = splitOptions(type, value);
    const name = this.#name(options.name, origin);
    const named = name === undefined ? {} : { name };
    const broken: Entry = { kind: 'broken', type, origin };
    if (type === 'residual') return this.#residual(args, origin, named) ?? broken;
    if (type === 'invertedResidual') return this.#invertedResidual(args, origin, named) ?? broken;
    if (type === 'parallel') return this.#parallel(args, origin, named) ?? broken;
    const scale = options.scale === undefined || this.#parse(layerScaleSchema, options.scale, [...origin, 'scale']);
    const complete = this.#layerArgs(type, args, origin);
    if (complete === null || scale === null) return broken;
    return { kind: 'layer', type, args: complete, origin, ...named, ...(scale ? {} : { scale }) };
  }

  #name(value: unknown, origin: AuthoredPath): string | undefined {
    if (value === undefined) return undefined;
    return this.#parse(layerNameSchema, value, [...origin, 'name']) ?? undefined;
  }

  #layerArgs(type: string, value: unknown, path: AuthoredPath): Record<string, unknown> | null {
    return this.#parse(describeLayer(type).args, value, path);
  }

  #residual(value: unknown, origin: AuthoredPath, named: { name?: string }): Entry | null {
    const checked = this.#parse(blockSchemas.residual, value, origin);
    // What is inside is read even so: all problems at once.
    const raw = isMap(value) ? value : {};
    const main = this.#inner(raw['main'], [...origin, 'main']);
    const shortcut = this.#inner(raw['shortcut'], [...origin, 'shortcut']);
    const parts = this.#parts(raw, origin, raw['main'] === undefined ? 'relu' : 'linear');
    if (Array.isArray(raw['main']) && raw['main'].length > 0 && main.length === 0) {
      this.problems.push({ path: [...origin, 'main'], message: `main: ${NOTHING_LEFT}` });
      return null;
    }
    if (checked === null || parts === null) return null;
    if (checked.main === undefined) return residualBlock(checked, parts, origin, named);
    const { activation } = parts;
    const tail = activation === null ? {} : { activation };
    return { kind: 'residual', main, ...shortcutPart(checked, shortcut), ...tail, origin, ...named };
  }

  #invertedResidual(value: unknown, origin: AuthoredPath, named: { name?: string }): Entry | null {
    const checked = this.#parse(blockSchemas.invertedResidual, value, origin);
    const parts = this.#parts(isMap(value) ? value : {}, origin, 'relu6');
    if (checked === null || parts === null) return null;
    const { dropPath = 0, kernelInitializer = 'heNormal', ...rest } = checked;
    return { kind: 'invertedResidual', ...rest, ...parts, dropPath, kernelInitializer, origin, ...named };
  }

  /** The layers that a block by name is told to use; null where one of them is wrong. */
  #parts(raw: Record<string, unknown>, origin: AuthoredPath, byDefault: ActivationName): BlockPartEntries | null {
    const norm = this.part(raw['norm'] ?? 'batch', [...origin, 'norm'], normalizations);
    const attention = this.part(raw['attention'] ?? 'none', [...origin, 'attention']);
    const activation = this.#activation('activation' in raw ? raw['activation'] : byDefault, [...origin, 'activation']);
    if (norm === undefined || attention === undefined || activation === undefined) return null;
    return { norm, attention, activation };
  }

  /** An activation by its name, or a layer; null where it changes nothing. */
  #activation(value: unknown, path: AuthoredPath): LayerEntry | null | undefined {
    if (value === 'linear' || value === null) return null;
    if (!activationNames.some((name) => name === value)) return this.part(value, path, activations);
    const args = this.#layerArgs('activation', { activation: value }, path);
    return args === null ? undefined : { kind: 'layer', type: 'activation', args, origin: path };
  }

  /** One layer, as in a list, or by a short name; null where it says none. */
  part(
    value: unknown,
    path: AuthoredPath,
    short: ReadonlyMap<string, string> = new Map(),
  ): LayerEntry | null | undefined {
    if (value === 'none') return null;
    if (typeof value === 'string' && !short.has(value) && !knownLayerTypes().includes(value)) {
      this.#unknown(value, path, 'value', [...short.keys(), 'none']);
      return undefined;
    }
    if (isMap(value) && Object.keys(value).length > 1) {
      const names = Object.keys(value).map((name) => `"${name}"`);
      this.problems.push({ path, message: `must be one layer; received ${names.join(' and ')}.` });
      return undefined;
    }
    const entries = this.#item(typeof value === 'string' ? (short.get(value) ?? value) : value, path);
    const [entry] = entries;
    if (entries.length === 1 && entry?.kind === 'layer') return entry;
    if (entry?.kind !== 'broken') this.problems.push({ path, message: 'must be a layer; received a block.' });
    return undefined;
  }

  #parallel(value: unknown, origin: AuthoredPath, named: { name?: string }): Entry | null {
    const checked = this.#parse(blockSchemas.parallel, value, origin);
    const raw = isMap(value) && Array.isArray(value['branches']) ? value['branches'] : [];
    const branches = raw.map((branch: unknown, index) => this.#inner(branch, [...origin, 'branches', index]));
    return checked === null ? null : { kind: 'parallel', branches, merge: checked.merge, origin, ...named };
  }

  /** A list inside a block; that it isn't one is for the block's schema to say. */
  #inner(value: unknown, path: AuthoredPath): Entry[] {
    return Array.isArray(value) ? this.list(value, path) : [];
  }

  #parse<T>(schema: z.ZodType<T>, value: unknown, path: AuthoredPath): T | null {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    this.problems.push(zodProblem(path, result.error, schema));
    return null;
  }

  #unknown(name: string, path: AuthoredPath, at: 'key' | 'value' = 'key', short: readonly string[] = []): void {
    const unknown = { what: 'layer', name, known: [...short, ...knownLayerTypes()] } as const;
    this.problems.push({ path, message: `unknown layer "${name}".`, at, unknown });
  }
}

type BlockPartEntries = Pick<BlockOptions, 'norm' | 'attention' | 'activation'>;

/** For hints: what an activation may be called that is no layer. */
const activations: ReadonlyMap<string, string> = new Map(activationNames.map((name) => [name, name]));

/** Normalization layers by the short names of blocks. */
const normalizations: ReadonlyMap<string, string> = new Map([
  ['batch', 'batchNormalization'],
  ['group', 'groupNormalization'],
  ['layer', 'layerNormalization'],
]);

function residualBlock(
  args: ResidualArgs,
  parts: BlockPartEntries,
  origin: AuthoredPath,
  named: { name?: string },
): Entry {
  const { kind: block = 'basic', filters = 1, shortcut, widen = 2 } = args;
  return {
    kind: 'residualBlock',
    block,
    filters: block === 'wide' ? filters * widen : filters,
    strides: args.strides ?? 1,
    kernelSize: args.kernelSize ?? 3,
    expansion: args.expansion ?? BOTTLENECK_EXPANSION,
    strideIn: args.strideIn ?? '3x3',
    shortcut: typeof shortcut === 'string' ? shortcut : 'projected',
    dropout: args.dropout ?? 0,
    dropPath: args.dropPath ?? 0,
    zeroInitLastScale: args.zeroInitLastScale ?? false,
    kernelInitializer: args.kernelInitializer ?? 'heNormal',
    ...parts,
    origin,
    ...named,
  };
}

/** `shortcut` beside `main`: layers, none, or the input itself. */
function shortcutPart({ shortcut }: ResidualArgs, layers: Entry[]): Pick<ResidualEntry, 'shortcut'> {
  if (shortcut === 'none') return { shortcut: null };
  return Array.isArray(shortcut) ? { shortcut: layers } : {};
}

function isKnown(type: string): boolean {
  return isLayerType(type) || Object.hasOwn(blockSchemas, type);
}

interface SplitOptions {
  options: { name?: unknown; scale?: unknown };
  args: unknown;
}

/** Tells what every layer may have beside its arguments from the arguments. */
function splitOptions(type: string, value: unknown): SplitOptions {
  if (!isMap(value)) return { options: {}, args: value };
  const { name, ...rest } = value;
  // Elsewhere `scale` is an argument (batch norm's gamma), or a mistake.
  if (!isLayerType(type) || describeLayer(type).width === undefined) return { options: { name }, args: rest };
  const { scale, ...args } = rest;
  return { options: { name, scale }, args };
}

function listNames(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  if (quoted.length === 1) return `${quoted.join()} stands`;
  return `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)} stand`;
}
