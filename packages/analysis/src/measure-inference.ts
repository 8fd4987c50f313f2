import type { LayersModel } from '@tensorflow/tfjs-layers';
import { quantile } from './schema/quantile.ts';
import { checkCount, timePredictions } from './time-predictions.ts';

/** Options of {@link measureInference}. */
export interface MeasureInferenceOptions {
  /** Shape of one example, without the batch axis. */
  inputShape: readonly number[];
  /** Examples in a batch. Default 64. */
  batchSize?: number;
  /** Rounds before those that count: buffers and kernels are prepared in them. Default 3. */
  warmup?: number;
  /** Rounds that count. Default 20. */
  rounds?: number;
  /** The time in milliseconds. Default `performance.now`. */
  now?: () => number;
}

/** Times of the rounds, in milliseconds. */
export interface Spread {
  median: number;
  /** 95th percentile. */
  p95: number;
}

/** How long a model takes to predict, in milliseconds from the call until its output can be read. */
export interface InferenceTimes {
  batchSize: number;
  rounds: number;
  /** One batch. */
  batch: Spread;
  /** A batch of one example. */
  image: Spread;
}

/**
 * Measures prediction (inference mode) on the current backend, for a batch and for one example, after warm-up. Each
 * round reads its output back, so that the work is done when it ends. Leaves no tensors.
 *
 * @throws RangeError unless batch size and rounds are whole numbers ≥ 1 and warm-up one ≥ 0.
 */
export async function measureInference(
  model: LayersModel,
  { inputShape, batchSize = 64, warmup = 3, rounds = 20, now = () => performance.now() }: MeasureInferenceOptions,
): Promise<InferenceTimes> {
  checkCount('measureInference', 'batchSize', batchSize, 1);
  checkCount('measureInference', 'rounds', rounds, 1);
  checkCount('measureInference', 'warmup', warmup, 0);
  const measure = async (examples: number): Promise<Spread> => {
    const times = await timePredictions(model, [examples, ...inputShape], warmup + rounds, now);
    const counted = times.slice(warmup);
    return { median: quantile(counted, 0.5), p95: quantile(counted, 0.95) };
  };
  const batch = await measure(batchSize);
  return { batchSize, rounds, batch, image: await measure(1) };
}
