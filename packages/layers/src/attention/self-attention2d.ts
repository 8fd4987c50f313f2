import * as tf from '@tensorflow/tfjs-core';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import { type SelfAttention2dArgs, selfAttention2d } from '../schema/attention/self-attention2d.ts';

/**
 * Self-attention over the pixels of an image: `y = x + softmax(Q Kᵀ / √d) V W`, with `Q = x W_q`, `K = x W_k`,
 * `V = x W_v` and `d = ⌈channels / reduction⌉`. Memory grows with the square of the number of pixels.
 *
 * Shapes: `[batch, height, width, channels]`, unchanged. Parameters: `query_kernel`, `key_kernel`,
 * `value_kernel [channels, d]`, `output_kernel [d, channels]`, from zero: it starts as the identity.
 * @see Wang et al. 2018, https://arxiv.org/abs/1711.07971 (there without 1/√d); Vaswani et al. 2017, https://arxiv.org/abs/1706.03762
 */
export class SelfAttention2D extends OwnLayer<SelfAttention2dArgs> {
  static readonly className = 'SelfAttention2D';

  constructor(options: OwnLayerOptions<Partial<SelfAttention2dArgs>> = {}) {
    super(selfAttention2d, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    const [batch, height, width, channels] = (x as tf.Tensor4D).shape;
    const pixels = tf.reshape(x, [batch * height * width, channels]) as tf.Tensor2D;
    // [batch, height · width, d]
    const project = (name: string): tf.Tensor3D =>
      tf.reshape(tf.matMul(pixels, this.#kernel(name)), [batch, height * width, this.#kernel(name).shape[1]]);
    const queries = tf.mul(project('query_kernel'), this.#kernel('query_kernel').shape[1] ** -0.5) as tf.Tensor3D;
    const attention = tf.softmax(tf.matMul(queries, project('key_kernel'), false, true));
    const seen = tf.matMul(attention, project('value_kernel'));
    const out = tf.matMul(
      tf.reshape(seen, [batch * height * width, this.#kernel('value_kernel').shape[1]]),
      this.#kernel('output_kernel'),
    );
    return tf.add(x, tf.reshape(out, x.shape));
  }

  #kernel(name: string): tf.Tensor2D {
    return this.variable(name).read() as tf.Tensor2D;
  }
}
