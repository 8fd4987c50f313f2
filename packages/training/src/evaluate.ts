import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { rowLoss } from '@ablate/tensor-backends';
import { inputTensor, readBatch } from './batch.ts';
import { checkModel } from './check-model.ts';
import { eventLoopTurns } from './event-loop-turns.ts';
import type { Examples } from './examples.ts';
import { type Replica, shardOf, soleReplica } from './replica.ts';
import { sayingWhatFailed, sizeText } from './saying-what-failed.ts';
import type { LossSettings } from './schema/targets.ts';
import { TrainingError } from './training-error.ts';

/** How a model does on examples, in inference mode. */
export interface Evaluation {
  /** Mean loss, of labels as they are: without smoothing or class weights. */
  loss: number;
  /** Share of right answers, in [0, 1]. */
  accuracy: number;
  /** The class of the largest logit (the first of equals), for each example in order. */
  predictions: Int32Array;
  /** Softmax of the logits, flat [examples, classes], where it was asked for. */
  probabilities?: Float32Array;
}

export interface EvaluateOptions {
  batchSize?: number;
  indices?: ArrayLike<number>;
  probabilities?: boolean;
  loss?: LossSettings;
  replica?: Replica;
}

/**
 * Measures a model that gives logits, in inference mode: no dropout, batch norm with its moving statistics. Loss and
 * probabilities are computed from the logits in double precision, in the order of the examples.
 *
 * @param options.indices Which examples, in which order. Default: all.
 * @param options.batchSize Examples at once; bounds the memory. Default 256.
 * @param options.loss Default: softmax cross-entropy.
 * @param options.replica Each of several replicas measures its part; all of them get the whole.
 * @throws TrainingError if model and examples don't fit, a logit is not finite, or memory has no room for a batch.
 */
export async function evaluate(
  model: LayersModel,
  examples: Examples,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  const { batchSize = 256, indices, loss: lossSettings, replica = soleReplica() } = options;
  checkModel(model, examples, 'evaluate');
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new TrainingError(`evaluate: batchSize must be a whole number from 1; received ${batchSize}.`);
  }
  const { classes, shape } = examples;
  const all = Uint32Array.from(indices ?? { length: examples.count }, indices ? Number : (_, i) => i);
  const count = all.length;
  // For each example its class, its loss, and whether that was right; then the probabilities. Each replica fills its part.
  const width = 3 + (options.probabilities === true ? classes : 0);
  const measured = new Float64Array(count * width);
  const turn = eventLoopTurns();
  const [from, to] = shardOf(count, replica);
  for (let start = from; start < to; start += batchSize) {
    const batch = readBatch(examples, all.subarray(start, Math.min(to, start + batchSize)));
    const output = sayingWhatFailed(`evaluate: ${sizeText(batch.rows, shape)}, at once`, () =>
      tf.tidy(() => model.apply(inputTensor(batch, shape), { training: false }) as tf.Tensor2D),
    );
    const logits = (await output.data()) as Float32Array;
    output.dispose();
    for (const [row, label] of batch.labels.entries()) {
      const ofRow = logits.subarray(row * classes, (row + 1) * classes);
      if (!ofRow.every(Number.isFinite)) {
        throw new TrainingError(
          `evaluate: logits must be finite; received ${ofRow.join(', ')} for example ${all[start + row]}.`,
        );
      }
      const { top, logSum } = logSumExp(ofRow);
      const at = (start + row) * width;
      measured[at] = top;
      measured[at + 1] =
        lossSettings === undefined || lossSettings.name === 'cross-entropy'
          ? logSum - (ofRow[label] as number)
          : rowLoss(lossSettings, ofRow, oneHot(label, classes)).loss;
      measured[at + 2] = top === label ? 1 : 0;
      for (let i = 3; i < width; i++) measured[at + i] = Math.exp((ofRow[i - 3] as number) - logSum);
    }
    await turn();
  }
  // Every value is of one replica, and 0 in the others.
  replica.sum(measured);
  let loss = 0;
  let correct = 0;
  const predictions = new Int32Array(count);
  const probabilities = options.probabilities === true ? new Float32Array(count * classes) : undefined;
  for (let example = 0; example < count; example++) {
    const [top = 0, ofExample = 0, hit = 0, ...shares] = measured.subarray(example * width, (example + 1) * width);
    predictions[example] = top;
    loss += ofExample;
    correct += hit;
    probabilities?.set(shares, example * classes);
  }
  return { loss: loss / count, accuracy: correct / count, predictions, ...(probabilities && { probabilities }) };
}

function oneHot(label: number, classes: number): Float32Array {
  const target = new Float32Array(classes);
  target[label] = 1;
  return target;
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
