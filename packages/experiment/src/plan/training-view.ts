import type { Graph } from '@ablate/architectures/schema';
import type { Environment } from './environment.ts';
import type { RunConfig } from './run-config.ts';

/**
 * What decides a run's weights, laid out so that differences read well: each layer stands under its id with its
 * arguments, and where it is written is left out.
 */
export function trainingView(
  { dataset, training, graph, seed, backend }: RunConfig,
  environment?: Environment,
): Record<string, unknown> {
  return {
    dataset,
    training,
    network: networkView(graph),
    seed,
    backend: backend === 'auto' ? (environment?.auto ?? backend) : backend,
    ...(environment === undefined ? {} : { versions: environment.versions }),
  };
}

/** A network as a map from ids to layers. */
export function networkView({ inputShape, nodes, output }: Graph): Record<string, unknown> {
  const layers = nodes.map(({ id, layer, args, inputs }) => [id, { layer, ...args, inputs }] as const);
  return { ...Object.fromEntries(layers), 'input shape': inputShape, output };
}
