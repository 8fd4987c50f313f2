// @ts-check
/* A block of training steps on random images, to be compared with a block of others. */
import { randomStream } from '@ablate/random';
import { fit } from '@ablate/training';
import { trainingSchema } from '@ablate/training/schema';

export const BATCH = 64;

/**
 * Milliseconds a step over an epoch of `steps` steps.
 *
 * @param {import('@tensorflow/tfjs-layers').LayersModel} model
 * @param {readonly number[]} shape
 * @param {number} steps
 * @param {object} more
 */
export async function block(model, shape, steps, more) {
  const size = shape.reduce((a, b) => a * b, 1);
  const pixels = randomStream(1, 'pixels').fillNormal(new Float32Array(BATCH * size), 0, 1);
  const images = {
    count: BATCH * steps,
    shape,
    classes: 10,
    /** @param {ArrayLike<number>} rows */
    read: (rows) => ({
      x: pixels.slice(0, rows.length * size),
      labels: Int32Array.from(rows, (row) => row % 10),
    }),
  };
  const recipe = trainingSchema.parse({ epochs: 1, batchSize: BATCH, evaluation: { trainExamples: 1 } });
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  await fit(model, { train: images, recipe, seed: 1, onEvent() {}, ...more });
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1000 / steps, wall: (performance.now() - wall) / steps };
}

/** @param {number[]} values */
export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
