import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { inputTensor, readBatch } from './batch.ts';
import { checkModel } from './check-model.ts';
import { eventLoopTurns } from './event-loop-turns.ts';
import type { Examples } from './examples.ts';
import { TrainingError } from './training-error.ts';

/** How a model does on examples, in inference mode. */
export interface Evaluation {
  /** Mean cross-entropy. */
  loss: number;
  /** Share of right answers, in [0, 1]. */
  accuracy: number;
  /** The class of the largest logit (the first of equals), for each example in order. */
  predictions: Int32Array;
  /** Softmax of the logits, flat [examples, classes], where it was asked for. */
  probabilities?: Float32Array;
}

/**
 * Measures a model that gives logits, in inference mode: no dropout, batch norm with its moving statistics. Loss and
 * probabilities are computed from the logits in double precision, in the order of the examples.
 *
 * @param options.indices Which examples, in which order. Default: all.
 * @param options.batchSize Examples at once; bounds the memory. Default 256.
 * @throws TrainingError if model and examples don't fit, or a logit is not finite.
 */
export async function evaluate(
  model: LayersModel,
  examples: Examples,
  options: { batchSize?: number; indices?: ArrayLike<number>; probabilities?: boolean } = {},
): Promise<Evaluation> {
  const { batchSize = 256, indices } = options;
  checkModel(model, examples, 'evaluate');
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new TrainingError(`evaluate: batchSize must be a whole number from 1; received ${batchSize}.`);
  }
  const { classes, shape } = examples;
  const all = Uint32Array.from(indices ?? { length: examples.count }, indices ? Number : (_, i) => i);
  const predictions = new Int32Array(all.length);
  const probabilities = options.probabilities === true ? new Float32Array(all.length * classes) : undefined;
  const turn = eventLoopTurns();
  let loss = 0;
  let correct = 0;
  for (let start = 0; start < all.length; start += batchSize) {
    const batch = readBatch(examples, all.subarray(start, start + batchSize));
    const output = tf.tidy(() => model.apply(inputTensor(batch, shape), { training: false }) as tf.Tensor2D);
    const logits = (await output.data()) as Float32Array;
    output.dispose();
    for (const [row, label] of batch.labels.entries()) {
      const at = start + row;
      const ofRow = logits.subarray(row * classes, (row + 1) * classes);
      const { top, logSum } = logSumExp(ofRow);
      if (!ofRow.every(Number.isFinite)) {
        throw new TrainingError(
          `evaluate: logits must be finite; received ${ofRow.join(', ')} for example ${all[at]}.`,
        );
      }
      predictions[at] = top;
      loss += logSum - (ofRow[label] as number);
      if (top === label) correct++;
      probabilities?.set(
        ofRow.map((logit) => Math.exp(logit - logSum)),
        at * classes,
      );
    }
    await turn();
  }
  return {
    loss: loss / all.length,
    accuracy: correct / all.length,
    predictions,
    ...(probabilities && { probabilities }),
  };
}

/** log Σ exp(logits), and where the largest is. */
function logSumExp(logits: Float32Array): { top: number; logSum: number } {
  let top = 0;
  for (let i = 1; i < logits.length; i++) if ((logits[i] as number) > (logits[top] as number)) top = i;
  const shift = logits[top] as number;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - shift);
  return { top, logSum: Math.log(sum) + shift };
}
