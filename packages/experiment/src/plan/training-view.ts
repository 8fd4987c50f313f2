import type { Graph } from '@ablate/architectures/schema';
import { datasetChoices } from '@ablate/datasets/schema';
import type { KnownEnvironment } from './environment.ts';
import { resolveConfig } from './resolve-config.ts';
import type { RunConfig } from './run-config.ts';

/**
 * What decides a run's weights, laid out so that differences read well: each layer stands under its id with its
 * arguments, and where it is written is left out.
 */
export function trainingView(config: RunConfig, environment?: KnownEnvironment): Record<string, unknown> {
  const { dataset, training, graph, plugins, seed, backend, workers } = resolveConfig(config, environment);
  return {
    dataset: datasetChoices(dataset),
    training,
    network: networkView(graph),
    seed,
    backend,
    workers,
    ...(plugins.length === 0
      ? {}
      : { plugins: Object.fromEntries(plugins.map(({ path, hash }) => [nameOf(path), hash])) }),
    ...versionsView(environment),
  };
}

/** What computes, and what the data set's files hold: that is a change of its own. */
function versionsView(environment: KnownEnvironment | undefined): Record<string, unknown> {
  if (environment === undefined) return {};
  const { data, ...versions } = environment.versions;
  return data === undefined ? { versions } : { versions, 'data files': data };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A network as a map from ids to layers. */
export function networkView({ inputShape, nodes, output }: Graph): Record<string, unknown> {
  const layers = nodes.map(({ id, layer, args, inputs }) => [id, { layer, ...args, inputs }] as const);
  return { ...Object.fromEntries(layers), 'input shape': inputShape, output };
}
