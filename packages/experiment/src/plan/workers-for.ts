import { type Graph, inspectGraph } from '@ablate/architectures/schema';
import type { RunConfig } from './run-config.ts';

/**
 * Multiplications of a step's forward pass that a worker must have of its own: with less, what the workers wait for each
 * other is more than what they save. Measured by
 * `npm run bench:steps -- --network fc,cnn --batch 8,16,32,64 --steps 60`: see docs/decisions/0006-workers-auto.md.
 */
const LEAST_MACS = 50e6;

/**
 * What `workers: auto` stands for: as many as the cores, and as a step has work for. It depends on the network, the batch
 * and the cores alone, so that the same run has the same number, and with it the same bits, each time.
 */
export function workersFor(
  { graph, training }: { graph: Graph; training: Pick<RunConfig['training'], 'batchSize' | 'accumulate'> },
  cores: number,
): number {
  const macs = inspectGraph(graph).reduce((sum, node) => sum + node.macs, 0);
  // Workers divide what is computed at once.
  const atOnce = training.batchSize / training.accumulate;
  return Math.max(1, Math.min(cores, Math.floor((macs * atOnce) / LEAST_MACS)));
}
