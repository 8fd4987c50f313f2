// @ts-check
/* The networks that are timed: those of the MNIST study as it writes them, and two on 32×32×3. */
import { buildGraph, countParameters, inspectGraph } from '@ablate/architectures/schema';
import { loadStudy } from '@ablate/experiment/node';
import { planStudy } from '@ablate/experiment/schema';

/** @typedef {import('@ablate/architectures/schema').Graph} Graph */

/** Depthwise convolutions at a quarter of the published width. */
const onColour = {
  'resnet-20': { name: 'resnet-20' },
  'mobilenet-v1': { name: 'mobilenet-v1', widthMultiplier: 0.25 },
};

/** @returns {Promise<Map<string, Graph>>} */
export async function networks() {
  const study = await loadStudy(new URL('../experiments/quickstart.yaml', import.meta.url).pathname);
  if (study.problems.length > 0) throw new Error(study.problems.map(({ message }) => message).join('\n'));
  const graphs = new Map(planStudy(study, {}).runs.map(({ variant, config }) => [variant, config.graph]));
  for (const [name, architecture] of Object.entries(onColour)) {
    const { graph, problems } = buildGraph(architecture, { inputShape: [32, 32, 3], classes: 10 });
    if (graph === null) throw new Error(problems.map(({ message }) => message).join('\n'));
    graphs.set(name, graph);
  }
  return graphs;
}

/**
 * What a peer's network must have too: trainable parameters, multiplications of an image's forward pass.
 *
 * @param {Graph} graph
 */
export function sizeOf(graph) {
  const macs = inspectGraph(graph).reduce((sum, node) => sum + node.macs, 0);
  return { parameters: countParameters(graph).trainable, macs };
}
