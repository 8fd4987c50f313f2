import { datasetChoices } from '@ablate/datasets/schema';
import { streamKey } from '@ablate/random';
import { canonicalJson } from './canonical-json.ts';
import type { KnownEnvironment } from './environment.ts';
import { resolveConfig } from './resolve-config.ts';
import type { RunConfig } from './run-config.ts';

/**
 * What decides the weights of a run, as 32 hexadecimal digits: the network (not where it is written), the data, the
 * training, the seed, the backend, the number of workers, the content of plugins that the network uses, and what computes. Runs that differ only in analyses have one
 * fingerprint.
 *
 * @param environment Left out, only the config counts, and `auto` is a backend and a number of its own.
 */
export function fingerprint(config: RunConfig, environment?: KnownEnvironment): string {
  const { graph, plugins, dataset, training, seed, backend, workers } = resolveConfig(config, environment);
  const nodes = graph.nodes.map(({ id, layer, args, inputs }) => ({ id, layer, args, inputs }));
  const { inputShape, output } = graph;
  const text = canonicalJson({
    graph: { inputShape, nodes, output },
    // Not where its files are: what they hold is among the versions.
    dataset: datasetChoices(dataset),
    training,
    seed,
    backend,
    workers,
    // Not where the files are.
    plugins: plugins.length === 0 ? undefined : plugins.map(({ hash }) => hash).sort(),
    versions: environment?.versions,
  });
  return [...streamKey(0, text), ...streamKey(1, text)].map((word) => word.toString(16).padStart(8, '0')).join('');
}
