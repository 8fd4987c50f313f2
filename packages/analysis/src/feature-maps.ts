import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as part } from '@tensorflow/tfjs-layers';
import { type ImageTile, imageTile } from './schema/image-tiles.ts';

/** Options of {@link featureMaps}. */
export interface FeatureMapsOptions {
  /** Names of layers whose outputs are images. Default all of them. */
  layers?: readonly string[];
  /** Channels of each, the first ones. Default 16. */
  channels?: number;
}

/** What a layer makes of some images. */
export interface FeatureMaps {
  /** Name of the layer. */
  layer: string;
  /** How many channels it has; `images` may hold fewer. */
  channels: number;
  /** For each image a tile for each channel. */
  images: ImageTile[][];
}

/** Kernels of a convolution, as tiles. */
export interface KernelTiles {
  /** Name of the layer. */
  layer: string;
  /** Height and width of the kernel. */
  kernelSize: [height: number, width: number];
  inputChannels: number;
  filters: number;
  /** For each filter one tile in colour where there are three input channels, else a tile for each input channel. */
  tiles: ImageTile[][];
}

type Layer = LayersModel['layers'][number];

/**
 * Outputs of layers for chosen images, in inference mode. Leaves no tensors.
 *
 * @param images `[examples, height, width, channels]`, as the network takes them.
 * @throws Error if a layer is not one of the model whose output is an image; RangeError if `channels` is not a whole number ≥ 1.
 */
export async function featureMaps(
  model: LayersModel,
  images: tf.Tensor4D,
  { layers, channels = 16 }: FeatureMapsOptions = {},
): Promise<FeatureMaps[]> {
  if (!(Number.isInteger(channels) && channels >= 1)) {
    throw new RangeError(`featureMaps: channels must be a whole number ≥ 1; received ${channels}.`);
  }
  const chosen = chooseLayers(model, layers);
  const seen = part({ inputs: model.inputs, outputs: chosen.map(({ output }) => output).flat() });
  // Copies: a dropout at the start returns the images themselves.
  const outputs = tf.tidy(() =>
    [seen.apply(images, { training: false }) as tf.Tensor | tf.Tensor[]].flat().map((output) => tf.clone(output)),
  );
  try {
    return await Promise.all(
      outputs.map(async (output, index) => {
        const [examples = 0, height = 0, width = 0, all = 0] = output.shape;
        const values = await output.data();
        const tile = (example: number, channel: number) =>
          imageTile(
            [height, width, 1],
            (row, column) => values[((example * height + row) * width + column) * all + channel] ?? Number.NaN,
          );
        const shown = Math.min(channels, all);
        const tiles = range(examples).map((example) => range(shown).map((channel) => tile(example, channel)));
        return { layer: chosen[index]?.name ?? '', channels: all, images: tiles };
      }),
    );
  } finally {
    tf.dispose(outputs);
  }
}

/**
 * Kernels of the first layer that has a four-dimensional one: `[height, width, input channels, filters]`.
 *
 * @throws Error if there is no such layer.
 */
export async function firstLayerKernels(model: LayersModel): Promise<KernelTiles> {
  for (const layer of allLayers(model)) {
    const kernel = layer.weights.find(({ shape }) => shape.length === 4);
    if (kernel === undefined) continue;
    const [height = 0, width = 0, inputChannels = 0, filters = 0] = kernel.shape.map((extent) => extent ?? 0);
    const values = await kernel.read().data();
    const at = (row: number, column: number, channel: number, filter: number) =>
      values[((row * width + column) * inputChannels + channel) * filters + filter] ?? Number.NaN;
    const tiles = range(filters).map((filter) =>
      inputChannels === 3
        ? [imageTile([height, width, 3], (row, column, channel) => at(row, column, channel, filter))]
        : range(inputChannels).map((channel) =>
            imageTile([height, width, 1], (row, column) => at(row, column, channel, filter)),
          ),
    );
    return { layer: layer.name, kernelSize: [height, width], inputChannels, filters, tiles };
  }
  throw new Error('firstLayerKernels: the model must have a convolution; there is no kernel of four dimensions.');
}

function chooseLayers(model: LayersModel, names: readonly string[] | undefined): Layer[] {
  const images = model.layers.filter(
    (layer) => layer.getClassName() !== 'InputLayer' && !Array.isArray(layer.output) && layer.output.shape.length === 4,
  );
  if (names === undefined) {
    if (images.length > 0) return images;
    throw new Error('featureMaps: a layer must have images as its output; there is none.');
  }
  return names.map((name) => {
    const layer = images.find((one) => one.name === name);
    if (layer !== undefined) return layer;
    throw new Error(
      `featureMaps: a layer must be one of the model whose output is an image (${images.map((one) => one.name).join(', ')}); received "${name}".`,
    );
  });
}

/** Layers of models inside it as well, in order. */
function allLayers(model: LayersModel): Layer[] {
  return model.layers.flatMap((layer) => (isModel(layer) ? allLayers(layer) : [layer]));
}

function isModel(layer: Layer): layer is LayersModel {
  return 'layers' in layer && Array.isArray(layer.layers);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
