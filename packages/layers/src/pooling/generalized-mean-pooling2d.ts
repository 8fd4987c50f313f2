import * as tf from '@tensorflow/tfjs-core';
import { OwnLayer, type OwnLayerOptions } from '../own-layer.ts';
import {
  type GeneralizedMeanPooling2dArgs,
  generalizedMeanPooling2d,
} from '../schema/pooling/generalized-mean-pooling2d.ts';

/**
 * Generalized mean pooling: `y = (mean over height and width of max(x, ε)^p)^(1/p)`, with a learned `p` for each channel.
 *
 * Shapes: `[batch, height, width, channels] → [batch, channels]`. Parameters: `p [channels]`.
 * @see Radenović et al. 2018, https://arxiv.org/abs/1711.02512
 */
export class GeneralizedMeanPooling2D extends OwnLayer<GeneralizedMeanPooling2dArgs> {
  static readonly className = 'GeneralizedMeanPooling2D';

  constructor(options: OwnLayerOptions<Partial<GeneralizedMeanPooling2dArgs>> = {}) {
    super(generalizedMeanPooling2d, options);
  }

  protected override forward(x: tf.Tensor): tf.Tensor {
    return generalizedMean(x as tf.Tensor4D, this.variable('p').read() as tf.Tensor1D, this.args.epsilon);
  }
}

/**
 * The layer's function with its gradients by hand, as `y = M · q^(1/p)` with `M` the greatest `max(x, ε)`,
 * `r = max(x, ε) / M` and `q = mean(r^p)`, which neither overflows nor vanishes for any p. With N pixels:
 * `dx = dy · y · r^p / (max(x, ε) · q · N)` where x > ε, else 0; `dp = Σ dy · y · (mean(r^p · ln r) / (p · q) − ln(q) / p²)`.
 */
export function generalizedMean(x: tf.Tensor4D, p: tf.Tensor1D, epsilon: number): tf.Tensor2D {
  const op = tf.customGrad((...given) => {
    const [image, exponent, save] = given as [tf.Tensor4D, tf.Tensor1D, tf.GradSaveFunc];
    const raised = tf.maximum(image, epsilon);
    const greatest = tf.max(raised, [1, 2], true);
    const logs = tf.log(tf.div(raised, greatest));
    const powers = tf.exp(tf.mul(logs, exponent));
    const mean = tf.mean(powers, [1, 2]);
    const y = tf.mul(tf.reshape(greatest, mean.shape), tf.exp(tf.div(tf.log(mean), exponent)));
    save([image, exponent, logs, powers, mean, y]);
    return { value: y, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradients(dy, saved, epsilon) };
  });
  return op(x, p) as tf.Tensor2D;
}

function gradients(dy: tf.Tensor, saved: tf.Tensor[], epsilon: number): tf.Tensor[] {
  const [x, p, logs, powers, mean, y] = saved as [
    tf.Tensor4D,
    tf.Tensor1D,
    tf.Tensor4D,
    tf.Tensor4D,
    tf.Tensor2D,
    tf.Tensor2D,
  ];
  const [batch, height, width, channels] = x.shape;
  const slope = tf.mul(dy, y);
  const share = tf.div(slope, tf.mul(mean, height * width));
  const inner = tf.mul(tf.div(powers, tf.maximum(x, epsilon)), tf.cast(tf.greater(x, epsilon), 'float32'));
  const dx = tf.mul(tf.reshape(share, [batch, 1, 1, channels]), inner);
  const weightedLogs = tf.mean(tf.mul(powers, logs), [1, 2]);
  const perRow = tf.sub(tf.div(weightedLogs, tf.mul(mean, p)), tf.div(tf.log(mean), tf.square(p)));
  return [dx, tf.sum(tf.mul(slope, perRow), 0)];
}
