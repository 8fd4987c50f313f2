import * as tf from '@tensorflow/tfjs-core';
import { arrayOf, BATCH, inputsOf, LAYER_NAME, outputOf, tensorOf, weightsOf } from './bench-model.ts';
import { ContractError, expectAtMost, expectEqual, NothingToCheck } from './check-result.ts';
import type { Bench } from './bench.ts';
import { referenceOf } from './reference.ts';

/** The descriptor's shape is that of the symbolic and of the real output. */
export function checkOutputShape({ subject, layerCase, args, built }: Bench): void {
  const shape = subject.descriptor.outputShape(args, layerCase.inputs);
  expectEqual('the symbolic output', built.outputs[0]?.shape, [null, ...shape]);
  const y = outputOf(built, inputsOf(layerCase).map(tensorOf));
  expectEqual('the output', y.shape, [BATCH, ...shape]);
}

/** The descriptor's weights are those of the model, by name, shape and whether they are trained, in that order. */
export function checkWeights({ subject, layerCase, args, built }: Bench): void {
  const described = subject.descriptor
    .weights(args, layerCase.inputs)
    .map(({ name, shape, trainable }) => ({ name: `${LAYER_NAME}/${name}`, shape, trainable }));
  const actual = built.weights.map(({ originalName: name, shape, trainable }) => ({ name, shape, trainable }));
  expectEqual('the weights', actual, described);
}

/** The descriptor's MACs are the products that the reference counts, for one example. */
export function checkMacs({ subject, layerCase, args, built }: Bench): void {
  if (subject.reference === undefined) throw new NothingToCheck('no reference');
  const { macs } = referenceOf(subject, args, inputsOf(layerCase), weightsOf(built), false);
  expectEqual('macs, for one example,', subject.descriptor.macs(args, layerCase.inputs), macs / BATCH);
}

/** float32 in, float32 out, symbolically too. */
export function checkDtype({ layerCase, built }: Bench): void {
  expectEqual('the dtype of the output', outputOf(built, inputsOf(layerCase).map(tensorOf)).dtype, 'float32');
  expectEqual('the symbolic dtype', built.outputs[0]?.dtype, 'float32');
  for (const weight of built.weights) expectEqual(`the dtype of ${weight.originalName}`, weight.dtype, 'float32');
}

/** Any number of rows; outside training, a row's output depends on that row alone. */
export function checkUnknownBatch({ layerCase, built }: Bench): void {
  const inputs = inputsOf(layerCase).map(tensorOf);
  const whole = arrayOf(outputOf(built, inputs));
  const width = whole.data.length / BATCH;
  for (const [start, rows] of [
    [0, 1],
    [1, 3],
  ] as const) {
    const part = arrayOf(
      outputOf(
        built,
        inputs.map((x) => tf.slice(x, start, rows)),
      ),
    );
    expectEqual(`the output of ${rows} rows`, part.shape, [rows, ...whole.shape.slice(1)]);
    const expected = whole.data.subarray(start * width, (start + rows) * width);
    expectAtMost('the difference of the same rows in another batch', largest(part.data, expected), 1e-5);
  }
}

/** Rows of a shard may be none: an empty output, and gradients of weights that are 0. Synchronized layers need other replicas. */
export function checkEmptyBatch({ layerCase, built }: Bench): void {
  const { constructor } = built.getLayer(LAYER_NAME);
  if ('synchronized' in constructor && constructor.synchronized === true) throw new NothingToCheck('synchronized');
  const inputs = inputsOf(layerCase, 0).map(tensorOf);
  const y = outputOf(built, inputs, true);
  expectEqual('the output of no rows', y.shape, [0, ...(built.outputs[0]?.shape ?? []).slice(1)]);
  const variables = built.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const before = built.weights.map((weight) => arrayOf(weight.read()));
  if (variables.length > 0) {
    const { grads } = tf.variableGrads(() => tf.sum(outputOf(built, inputs, true)), variables);
    for (const [name, gradient] of Object.entries(grads)) {
      const worst = arrayOf(gradient).data.reduce(
        (most, value) => (Math.abs(value) <= most ? most : Math.abs(value)),
        0,
      );
      expectAtMost(`the gradient of ${name}`, worst, 0);
    }
  }
  built.weights.forEach((weight, i) => {
    const after = arrayOf(weight.read()).data;
    if (!after.every((value) => Number.isFinite(value))) {
      throw new ContractError(
        `${weight.originalName} must stay finite after a step without rows; it was ${before[i]?.data.join()}.`,
      );
    }
  });
}

/** The greatest difference of two arrays of one length. */
export function largest(a: Float64Array, b: Float64Array): number {
  expectEqual('the number of elements', a.length, b.length);
  return a.reduce((most, value, i) => {
    const difference = Math.abs(value - (b[i] as number));
    return difference <= most ? most : difference;
  }, 0);
}
