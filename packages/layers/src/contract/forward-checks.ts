import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { loadModel } from '../load-model.ts';
import type { Bench } from './bench.ts';
import { arrayOf, inputsOf, LAYER_NAME, modelOfLayer, outputOf, tensorOf, weightsOf } from './bench-model.ts';
import { ContractError, expectAtMost, expectEqual, NothingToCheck } from './check-result.ts';
import { largest } from './description-checks.ts';
import { referenceOf } from './reference.ts';
import { saved } from './saved.ts';

/** Of the largest output, at least 1: some hundred products in single precision. */
const FORWARD_TOLERANCE = 1e-5;

/** Outputs are those of the reference, in training and not. */
export function checkForward({ subject, layerCase, args, built }: Bench): string {
  if (subject.reference === undefined) throw new NothingToCheck('no reference');
  const inputs = inputsOf(layerCase);
  const weights = weightsOf(built);
  let worst = 0;
  for (const training of [false, true]) {
    const { y: expected } = referenceOf(subject, args, inputs, weights, training);
    const y = arrayOf(outputOf(built, inputs.map(tensorOf), training));
    expectEqual('the shape', y.shape, expected.shape);
    const scale = expected.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    const difference = largest(y.data, expected.data) / scale;
    expectAtMost(`the difference from the reference${training ? ' in training' : ''}`, difference, FORWARD_TOLERANCE);
    worst = Math.max(worst, difference);
  }
  return `largest difference ${worst.toExponential(1)}`;
}

/** Saved and loaded, by us to the bit and of the same class, config and penalties, by tfjs's own loader within 1e-5. */
export async function checkSaveAndLoad({ layerCase, built }: Bench): Promise<void> {
  const handler = await saved(built);
  const inputs = inputsOf(layerCase).map(tensorOf);
  const expected = arrayOf(outputOf(built, inputs));
  const ours = await loadModel(handler);
  try {
    expectEqual('the config of the loaded model', ours.toJSON(null, false), built.toJSON(null, false));
    if (ours.getLayer(LAYER_NAME).constructor !== built.getLayer(LAYER_NAME).constructor) {
      throw new ContractError(
        `the loaded layer must be of the same class; it is ${ours.getLayer(LAYER_NAME).getClassName()}.`,
      );
    }
    expectAtMost('the difference after loadModel', largest(arrayOf(outputOf(ours, inputs)).data, expected.data), 0);
    const trained = arrayOf(outputOf(built, inputs, true));
    expectAtMost('the difference in training', largest(arrayOf(outputOf(ours, inputs, true)).data, trained.data), 0);
    expectEqual('the penalties of the loaded model', penaltiesOf(ours), penaltiesOf(built));
  } finally {
    ours.dispose();
  }
  const stock = await loadLayersModel(handler);
  try {
    const y = arrayOf(outputOf(stock, inputs));
    expectAtMost('the difference after loadLayersModel', largest(y.data, expected.data), 1e-5);
  } finally {
    stock.dispose();
  }
}

/** What weights and outputs add to the loss, after a call in training. */
function penaltiesOf(model: LayersModel): number[] {
  return model.calculateLosses().map((penalty) => penalty.dataSync()[0] as number);
}

/** The same inputs, weights and place give the same bits, in the same layer and in another of that name. */
export function checkDeterminism({ subject, layerCase, built }: Bench): void {
  const inputs = inputsOf(layerCase).map(tensorOf);
  const again = modelOfLayer(subject, layerCase);
  try {
    const values = built.weights.map((weight) => tf.clone(weight.read()));
    for (const training of [false, true]) {
      const outputs = [built, built, again].map((of) => {
        of.setWeights(values);
        return arrayOf(outputOf(of, inputs, training)).data;
      });
      const [first, second, other] = outputs as [Float64Array, Float64Array, Float64Array];
      expectAtMost('the difference of two calls', largest(first, second), 0);
      expectAtMost('the difference of two layers of that name', largest(first, other), 0);
    }
  } finally {
    again.dispose();
  }
}

/** Calls leave no tensors behind. */
export function checkMemory({ layerCase, built }: Bench): void {
  const inputs = inputsOf(layerCase).map(tensorOf);
  const layer = built.getLayer(LAYER_NAME);
  const call = () =>
    tf.dispose(layer.call(inputs.length === 1 ? (inputs[0] as tf.Tensor) : inputs, { training: true }));
  call();
  const before = tf.memory().numTensors;
  call();
  call();
  expectEqual('the number of tensors after two calls', tf.memory().numTensors, before);
}
