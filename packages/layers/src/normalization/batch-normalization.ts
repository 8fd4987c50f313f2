import * as tf from '@tensorflow/tfjs-core';
import { batchNormTraining } from '@ablate/tensor-backends';
import { DescribedLayer, type LayerArgs } from '../described-layer.ts';
import { type BatchNormalizationArgs, batchNormalization } from '../schema/normalization/batch-normalization.ts';

/**
 * tf.layers' BatchNormalization with a fused training pass. Each training call moves the statistics that inference
 * uses: moving = momentum · moving + (1 − momentum) · batch, the variance divided by the number of rows.
 */
export class BatchNormalization extends DescribedLayer<BatchNormalizationArgs> {
  static readonly className = 'BatchNormalization';

  constructor(args: BatchNormalizationArgs, base?: LayerArgs) {
    super(batchNormalization, args, base);
    this.supportsMasking = true;
  }

  protected override forward(x: tf.Tensor, kwargs: Record<string, unknown>): tf.Tensor {
    const { epsilon } = this.args;
    const [gamma, beta] = [this.optional('gamma'), this.optional('beta')];
    if (kwargs['training'] !== true) {
      const mean = this.variable('moving_mean').read() as tf.Tensor1D;
      const variance = this.variable('moving_variance').read() as tf.Tensor1D;
      return tf.batchNorm(x, mean, variance, beta ?? undefined, gamma ?? undefined, epsilon);
    }
    const channels = x.shape.at(-1) as number;
    const { y, mean, variance } = batchNormTraining(
      x,
      gamma ?? tf.ones([channels]),
      beta ?? tf.zeros([channels]),
      epsilon,
    );
    this.#move('moving_mean', mean);
    this.#move('moving_variance', variance);
    return y;
  }

  #move(name: 'moving_mean' | 'moving_variance', batch: tf.Tensor1D): void {
    const variable = this.variable(name);
    const moving = variable.read();
    variable.write(tf.sub(moving, tf.mul(tf.sub(moving, batch), 1 - this.args.momentum)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      movingMeanInitializer: zeros,
      movingVarianceInitializer: ones,
    };
  }
}

const zeros = { className: 'Zeros', config: {} };
const ones = { className: 'Ones', config: {} };
