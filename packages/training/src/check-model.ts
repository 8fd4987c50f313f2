import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Examples } from './examples.ts';
import { TrainingError } from './training-error.ts';

/**
 * Whether a model can learn, or be measured on, these examples: one input of their shape, one output of logits
 * [batch, classes].
 *
 * @param who Whose examples: `train` or `validation`.
 * @throws TrainingError saying what does not fit.
 */
export function checkModel(model: LayersModel, examples: Examples, who: string): void {
  if (!model.inputs?.length || !model.outputs?.length) {
    throw new TrainingError('model: must have layers; received none. Add some, the first with an inputShape.');
  }
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    throw new TrainingError(
      `model: must have one input and one output; received ${model.inputs.length} and ${model.outputs.length}.`,
    );
  }
  if (examples.count < 1) throw new TrainingError(`${who}: must have at least one example; received none.`);
  const [input] = model.inputs;
  const [output] = model.outputs;
  const wanted = input?.shape.slice(1) ?? [];
  const { shape, classes } = examples;
  if (wanted.length !== shape.length || wanted.some((extent, i) => extent !== null && extent !== shape[i])) {
    throw new TrainingError(
      `${who}: examples must have the model's input shape (=[${describe(wanted)}]); received [${shape.join(', ')}].`,
    );
  }
  if (output?.shape.length !== 2 || output.shape[1] !== classes) {
    throw new TrainingError(
      `model: its output must be logits [batch, classes] (=[?, ${classes}]); received [${describe(output?.shape ?? [])}]. End it with a dense layer of ${classes} units.`,
    );
  }
  const last = output.sourceLayer;
  if (last.getClassName() === 'Softmax' || last.getConfig()['activation'] === 'softmax') {
    throw new TrainingError(
      `model: its output must be logits; received probabilities: layer "${last.name}" ends in softmax, which the loss applies itself. Remove it.`,
    );
  }
}

/**
 * Whether a model means the same in several replicas: tf.layers' own batch norm would normalize each part of a batch by
 * itself.
 *
 * @throws TrainingError naming the layer.
 */
export function checkReplicable(model: LayersModel): void {
  const stock = model.layers.find(
    (layer) => layer.getClassName() === 'BatchNormalization' && !('synchronized' in layer.constructor),
  );
  if (stock === undefined) return;
  throw new TrainingError(
    `model: layer "${stock.name}" is tf.layers' batchNormalization, which knows only its own replica's part of a batch. Use the one of @ablate/layers, or one worker.`,
  );
}

function describe(shape: readonly (number | null)[]): string {
  return shape.map((extent) => extent ?? '?').join(', ');
}
