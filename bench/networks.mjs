// @ts-check
/* The networks that are timed: those of the MNIST study as it writes them, and two on 32×32×3. */
import { readFileSync } from 'node:fs';
import { buildGraph } from '@ablate/architectures/schema';
import { loadStudy } from '@ablate/experiment/node';
import { planStudy } from '@ablate/experiment/schema';

/** @returns {Promise<Map<string, import('@ablate/architectures/schema').Graph>>} */
export async function networks() {
  const study = await loadStudy(new URL('../experiments/quickstart.yaml', import.meta.url).pathname);
  if (study.problems.length > 0) throw new Error(study.problems.map(({ message }) => message).join('\n'));
  const graphs = new Map(planStudy(study, {}).runs.map(({ variant, config }) => [variant, config.graph]));
  for (const name of ['resnet-20', 'mobilenet-v1']) {
    const { graph, problems } = buildGraph({ name }, { inputShape: [32, 32, 3], classes: 10 });
    if (graph === null) throw new Error(problems.map(({ message }) => message).join('\n'));
    graphs.set(name, graph);
  }
  return graphs;
}

/** The processor's name, for tables. */
export function machine() {
  const model = /model name\s*: (.*)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? 'unknown processor';
  return `${model}, Node ${process.version}`;
}
