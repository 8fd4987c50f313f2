import type { Shape } from '@ablate/layers/schema';
import { z } from 'zod';
import { architectures } from './architectures.ts';
import { checkHead } from './check-head.ts';
import { describeValue, isMap } from './describe-value.ts';
import { LAYER_OPTIONS } from './families/family-options.ts';
import type { AuthoredPath, Graph } from './graph.ts';
import { GraphGrower, inputTip } from './grow-graph.ts';
import type { Entry } from './layer-entry.ts';
import { layerProblems, NOTHING_LEFT, normalizeLayers } from './normalize-layers.ts';
import { type ArchitectureProblem, zodProblem } from './problem.ts';

/** What the data asks of a network. */
export interface NetworkContext {
  /** Shape of one example: [height, width, channels], or [features]. */
  inputShape: Shape;
  /** Number of classes: the network must give that many logits. */
  classes: number;
}

/** A network, or everything that keeps it from being one. */
export interface BuiltGraph {
  graph: Graph | null;
  problems: ArchitectureProblem[];
}

/** An architecture written as a list of layers. */
export const layersSchema = z.strictObject({
  layers: z.array(z.unknown()).min(1).describe('The layers in order, each a name or a name with its arguments.'),
});

/**
 * The graph of an authored architecture, `{ layers: […] }` or `{ name: 'mlp', …options }`, with every shape followed
 * from the input and the end checked: it must give `classes` numbers, as logits. Never throws for what is written.
 */
export function buildGraph(architecture: unknown, context: NetworkContext): BuiltGraph {
  const { entries, problems } = readArchitecture(architecture, context);
  if (entries === null) return { graph: null, problems };
  const grower = new GraphGrower();
  const end = grower.list(entries, inputTip(context.inputShape));
  problems.push(...grower.problems);
  const { nodes } = grower;
  if (end.shape !== null) problems.push(...checkHead(nodes, end.id, end.shape, context.classes));
  if (problems.length > 0) return { graph: null, problems };
  return { graph: { inputShape: context.inputShape, nodes, output: end.id }, problems };
}

interface ReadArchitecture {
  entries: Entry[] | null;
  problems: ArchitectureProblem[];
}

function readArchitecture(architecture: unknown, context: NetworkContext): ReadArchitecture {
  if (!isMap(architecture)) {
    return refuse(
      [],
      `architecture: must be a map with "layers", or with the "name" of an architecture; received ${describeValue(architecture)}.`,
    );
  }
  const has = (key: string) => Object.hasOwn(architecture, key);
  if (has('layers') && has('name')) {
    return refuse(['name'], 'architecture: must have "layers" or "name"; received both. Remove one.', 'key');
  }
  if (has('layers')) {
    const checked = layersSchema.safeParse(architecture);
    const problems = checked.success ? [] : [zodProblem([], checked.error, layersSchema)];
    if (!Array.isArray(architecture['layers'])) return { entries: null, problems };
    const { entries, problems: others } = normalizeLayers(architecture['layers'], ['layers']);
    if (entries.length > 0) return { entries, problems: [...problems, ...others] };
    if (checked.success) others.push({ path: ['layers'], message: `layers: ${NOTHING_LEFT}` });
    return { entries: null, problems: [...problems, ...others] };
  }
  if (has('name')) return readFamily(architecture, context);
  return refuse([], 'architecture: must have "layers", or the "name" of an architecture; received neither.');
}

function readFamily(architecture: Record<string, unknown>, context: NetworkContext): ReadArchitecture {
  const { name } = architecture;
  const known = Object.keys(architectures);
  if (typeof name !== 'string') {
    const message = `name: must be the name of an architecture; received ${describeValue(name)}. List them: ablate list architectures`;
    return refuse(['name'], message);
  }
  const family = Object.hasOwn(architectures, name) ? architectures[name] : undefined;
  if (family === undefined) {
    const message = `unknown architecture "${name}".`;
    return { entries: null, problems: [{ path: ['name'], message, unknown: { what: 'architecture', name, known } }] };
  }
  const checked = family.options.safeParse(architecture);
  if (!checked.success) return { entries: null, problems: [zodProblem([], checked.error, family.options)] };
  const wrong = LAYER_OPTIONS.flatMap((option) => {
    const value = architecture[option];
    return isMap(value) ? layerProblems(value, [option]) : [];
  });
  if (wrong.length > 0) return { entries: null, problems: wrong };
  const { entries, problems } = normalizeLayers(family.layers(checked.data, context), []);
  // Options that are right by themselves and don't go together.
  const messages = new Set(problems.map(({ message }) => `architecture "${name}": ${message}`));
  const together = [...messages].map((message) => ({ path: [], message }));
  return { entries: entries.map((entry) => withOrigin(entry, [])), problems: together };
}

/** A family's layers are written nowhere: all of them stand where its name does. */
function withOrigin<Any extends Entry | null | undefined>(entry: Any, origin: AuthoredPath): Any {
  if (entry === null || entry === undefined) return entry;
  const all = (entries: readonly Entry[]) => entries.map((one) => withOrigin(one, origin));
  switch (entry.kind) {
    case 'residual': {
      const { shortcut, activation } = entry;
      return {
        ...entry,
        main: all(entry.main),
        ...(shortcut ? { shortcut: all(shortcut) } : {}),
        ...(activation === undefined ? {} : { activation: { ...activation, origin } }),
        origin,
      };
    }
    case 'residualBlock':
    case 'invertedResidual':
      return {
        ...entry,
        norm: withOrigin(entry.norm, origin),
        attention: withOrigin(entry.attention, origin),
        activation: withOrigin(entry.activation, origin),
        origin,
      };
    case 'parallel':
      return { ...entry, branches: entry.branches.map(all), origin };
    default:
      return { ...entry, origin };
  }
}

function refuse(path: AuthoredPath, message: string, at: 'key' | 'value' = 'value'): ReadArchitecture {
  return { entries: null, problems: [{ path, message, at }] };
}
