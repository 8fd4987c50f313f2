import * as tf from '@tensorflow/tfjs-core';
import { type BatchNormActivation, batchNormInference, batchNormTraining } from '@ablate/tensor-backends';
import { DescribedLayer, type LayerArgs } from '../described-layer.ts';
import { type BatchNormalizationArgs, batchNormalization } from '../schema/normalization/batch-normalization.ts';

/**
 * tf.layers' BatchNormalization with a fused training pass. Each training call moves the statistics that inference
 * uses: moving = momentum · moving + (1 − momentum) · batch, the variance divided by the number of rows.
 */
export class BatchNormalization extends DescribedLayer<BatchNormalizationArgs> {
  static readonly className = 'BatchNormalization';
  /** In replicas it normalizes by the whole batch; stock batch norm would normalize each part by itself. */
  static readonly synchronized = true;

  constructor(args: BatchNormalizationArgs, base?: LayerArgs) {
    super(batchNormalization, args, base);
    this.supportsMasking = true;
  }

  protected override forward(x: tf.Tensor, kwargs: Record<string, unknown>): tf.Tensor {
    return this.#normalize(x, kwargs, 'linear');
  }

  /** relu(call(x, kwargs)) in the passes of the normalization. */
  rectified(x: tf.Tensor, kwargs: Record<string, unknown>): tf.Tensor {
    return tf.tidy(() => this.#normalize(x, kwargs, 'relu'));
  }

  #normalize(x: tf.Tensor, kwargs: Record<string, unknown>, activation: BatchNormActivation): tf.Tensor {
    const { epsilon, momentum } = this.args;
    const channels = x.shape.at(-1) as number;
    const gamma = this.optional('gamma') ?? tf.ones([channels]);
    const beta = this.optional('beta') ?? tf.zeros([channels]);
    const [mean, variance] = [this.variable('moving_mean').read(), this.variable('moving_variance').read()];
    if (kwargs['training'] !== true) {
      const fixed = { mean: mean as tf.Tensor1D, variance: variance as tf.Tensor1D, gamma, beta };
      return batchNormInference(x, fixed, epsilon, activation);
    }
    const moving = { mean: mean as tf.Variable, variance: variance as tf.Variable, momentum };
    return batchNormTraining(x, gamma, beta, epsilon, activation, moving).y;
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
