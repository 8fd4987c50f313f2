import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as part } from '@tensorflow/tfjs-layers';
import { type EffectiveField, effectiveField } from './schema/effective-field.ts';

/** Options of {@link effectiveReceptiveField}. */
export interface EffectiveReceptiveFieldOptions {
  /** Name of the layer whose centre unit is looked at. Default the last whose output is an image. */
  layer?: string;
  /** Examples whose gradients are taken at once. Default 16. */
  batchSize?: number;
}

/** How much each pixel of the input changes the centre unit of a layer. */
export interface EffectiveReceptiveField extends EffectiveField {
  /** Name of the layer. */
  layer: string;
  /** Of the input. */
  height: number;
  /** Of the input. */
  width: number;
  /** Mean of |∂/∂x| over examples and input channels, row by row; not scaled. */
  map: Float32Array;
}

/**
 * Effective receptive field of the centre unit: the gradient is 1 at `[⌊height/2⌋, ⌊width/2⌋]` of the layer's output, in
 * all channels, and 0 elsewhere; the map is the mean of |∂/∂x| over examples and input channels. Inference mode: batch
 * norm uses its moving statistics, dropout does nothing. Leaves no tensors.
 *
 * @param inputs Images, `[examples, height, width, channels]`.
 * @throws Error if there is no such layer, or its output is not an image; RangeError if there are no images.
 * @see Luo, Li, Urtasun, Zemel 2016, https://arxiv.org/abs/1701.04128
 */
export async function effectiveReceptiveField(
  model: LayersModel,
  inputs: tf.Tensor4D,
  { layer: name, batchSize = 16 }: EffectiveReceptiveFieldOptions = {},
): Promise<EffectiveReceptiveField> {
  const [examples, height, width] = inputs.shape;
  if (examples === 0) throw new RangeError('effectiveReceptiveField: there must be images; received none.');
  const layer = name === undefined ? lastImageLayer(model) : imageLayer(model, name);
  const seen = part({ inputs: model.inputs, outputs: layer.output });
  const sum = tf.tidy(() => {
    const total = (x: tf.Tensor) => {
      const output = seen.apply(x, { training: false }) as tf.Tensor4D;
      const [, rows, columns] = output.shape;
      return tf.sum(tf.slice(output, [0, Math.floor(rows / 2), Math.floor(columns / 2), 0], [-1, 1, 1, -1]));
    };
    let maps: tf.Tensor = tf.zeros([height, width]);
    for (let start = 0; start < examples; start += batchSize) {
      const batch = tf.slice(inputs, start, Math.min(batchSize, examples - start));
      // Examples do not meet in inference mode: the gradient of the sum holds that of each.
      maps = tf.add(maps, tf.sum(tf.mean(tf.abs(tf.grad(total)(batch)), 3), 0));
    }
    return tf.div(maps, examples);
  });
  try {
    const map = Float32Array.from(await sum.data());
    return { layer: layer.name, height, width, map, ...effectiveField(map, [height, width]) };
  } finally {
    sum.dispose();
  }
}

type ImageLayer = LayersModel['layers'][number] & { output: { shape: unknown[] } };

function isImageLayer(layer: LayersModel['layers'][number]): layer is ImageLayer {
  return !Array.isArray(layer.output) && layer.output.shape.length === 4;
}

function lastImageLayer(model: LayersModel): ImageLayer {
  const layer = model.layers.filter(isImageLayer).at(-1);
  if (layer !== undefined) return layer;
  throw new Error('effectiveReceptiveField: a layer must have images as its output; there is none.');
}

function imageLayer(model: LayersModel, name: string): ImageLayer {
  const layer = model.layers.find((one) => one.name === name);
  if (layer !== undefined && isImageLayer(layer)) return layer;
  const names = model.layers.filter(isImageLayer).map((one) => one.name);
  throw new Error(
    `effectiveReceptiveField: the layer must be one of the model whose output is an image (${names.join(', ')}); received "${name}".`,
  );
}
