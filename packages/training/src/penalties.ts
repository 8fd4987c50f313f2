import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

type Layer = LayersModel['layers'][number];

/**
 * What a model's regularizers add to the loss after a forward pass: penalties of outputs, which belong to its rows, and
 * where asked for those of weights.
 */
export function penaltiesOf(model: LayersModel, { ofWeights }: { ofWeights: boolean }): tf.Scalar[] {
  return ofWeights ? model.calculateLosses() : model.layers.flatMap(activityLosses);
}

/** tf.layers' own have none; those of @ablate/layers answer `activityLosses()`. */
function activityLosses(layer: Layer): tf.Scalar[] {
  if ('layers' in layer) return (layer as LayersModel).layers.flatMap(activityLosses);
  if ('activityLosses' in layer && typeof layer.activityLosses === 'function') {
    return (layer.activityLosses as () => tf.Scalar[]).call(layer);
  }
  return [];
}
