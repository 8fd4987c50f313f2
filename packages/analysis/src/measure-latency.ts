import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Latency, latency } from './schema/latency.ts';
import { checkCount, timePredictions } from './time-predictions.ts';

/** Options of {@link measureLatency}. */
export interface MeasureLatencyOptions {
  /** Shape of one example, without the batch axis. */
  inputShape: readonly number[];
  /** Examples in a batch. Default 64. */
  batchSize?: number;
  /** Rounds of each size, warm-up included. Default 120: the 99th percentile needs 100 that count. */
  rounds?: number;
  /** The time in milliseconds. Default `performance.now`. */
  now?: () => number;
}

/** How long a model takes to predict, in milliseconds from the call until its output can be read. */
export interface PredictionLatency {
  batchSize: number;
  /** One batch. */
  batch: Latency;
  /** A batch of one example. */
  image: Latency;
}

/**
 * Measures prediction (inference mode) on the current backend, for a batch and for one example. Each round reads its output
 * back, so that the work is done when it ends. The end of warm-up is found in the times, and it is said when the machine was
 * too noisy to tell. Leaves no tensors.
 *
 * @throws RangeError unless batch size and rounds are whole numbers ≥ 1.
 */
export async function measureLatency(
  model: LayersModel,
  { inputShape, batchSize = 64, rounds = 120, now = () => performance.now() }: MeasureLatencyOptions,
): Promise<PredictionLatency> {
  checkCount('measureLatency', 'batchSize', batchSize, 1);
  checkCount('measureLatency', 'rounds', rounds, 1);
  const measure = async (examples: number) =>
    latency(await timePredictions(model, [examples, ...inputShape], rounds, now));
  const batch = await measure(batchSize);
  return { batchSize, batch, image: await measure(1) };
}
