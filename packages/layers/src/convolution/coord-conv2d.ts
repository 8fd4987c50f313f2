import * as tf from '@tensorflow/tfjs-core';
import { type OutputActivation, outputActivation } from '../output-activation.ts';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import { type CoordConv2dArgs, coordConv2d } from '../schema/convolution/coord-conv2d.ts';
import type { Conv2dOptions } from './conv2d-options.ts';
import { convolve } from './convolve.ts';

/**
 * CoordConv: a convolution of `[x, row, column]` (and, with `withRadius`, `√(row² + column²)`), rows and columns from
 * −1 at the first pixel to 1 at the last, 0 where there is only one.
 *
 * Shapes: as tf.layers.conv2d. Parameters: `kernel [height, width, channels + 2 or 3, filters]`, `bias [filters]`.
 * @see Liu et al. 2018, https://arxiv.org/abs/1807.03247
 */
export class CoordConv2D extends OwnLayer<CoordConv2dArgs> {
  static readonly className = 'CoordConv2D';
  readonly #activation: OutputActivation;

  constructor(options: OwnLayerOptions<Conv2dOptions & { withRadius?: boolean }>) {
    super(coordConv2d, options);
    this.#activation = outputActivation(this.args.activation);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const image = x as tf.Tensor4D;
    const [batch, height, width] = image.shape;
    const coordinates = coordinatesOf(height, width, this.args.withRadius);
    const tiled = tf.tile(coordinates, [batch, 1, 1, 1]);
    const kernel = this.variable('kernel').read() as tf.Tensor4D;
    const seen = tf.concat([image, tiled], 3);
    return this.#activation.after(convolve(seen, kernel, this.optional('bias'), this.args, this.#activation.fused));
  }
}

/** [1, height, width, 2 or 3]: row, column and radius of each pixel. */
function coordinatesOf(height: number, width: number, withRadius: boolean): tf.Tensor4D {
  const place = (index: number, extent: number) => (extent === 1 ? 0 : (2 * index) / (extent - 1) - 1);
  const values = Array.from({ length: height * width }, (_, pixel) => {
    const [row, column] = [place(Math.floor(pixel / width), height), place(pixel % width, width)];
    return withRadius ? [row, column, Math.hypot(row, column)] : [row, column];
  });
  return tf.tensor4d(values.flat(), [1, height, width, withRadius ? 3 : 2]);
}
