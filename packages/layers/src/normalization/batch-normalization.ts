import * as tf from '@tensorflow/tfjs-core';
import {
  addRelu,
  type BatchNormActivation,
  batchNormAdd,
  batchNormInference,
  batchNormTraining,
  type FixedBatchNorm,
} from '@ablate/tensor-backends';
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

  /** activation(call(x, kwargs) + addend), in training in the passes of the normalization. */
  summed(x: tf.Tensor, addend: tf.Tensor, kwargs: Record<string, unknown>, activation: BatchNormActivation): tf.Tensor {
    return tf.tidy(() => {
      if (kwargs['training'] === true) {
        const { gamma, beta, moving } = this.#state(x);
        return batchNormAdd(x, addend, gamma, beta, this.args.epsilon, activation, moving).y;
      }
      const y = this.#normalize(x, kwargs, 'linear');
      return activation === 'relu' ? addRelu(y, addend) : tf.add(y, addend);
    });
  }

  #normalize(x: tf.Tensor, kwargs: Record<string, unknown>, activation: BatchNormActivation): tf.Tensor {
    const { gamma, beta, moving } = this.#state(x);
    const { epsilon } = this.args;
    if (kwargs['training'] === true) return batchNormTraining(x, gamma, beta, epsilon, activation, moving).y;
    const fixed = {
      mean: moving.mean as tf.Tensor,
      variance: moving.variance as tf.Tensor,
      gamma,
      beta,
    } as FixedBatchNorm;
    return batchNormInference(x, fixed, epsilon, activation);
  }

  #state(x: tf.Tensor) {
    const channels = x.shape.at(-1) as number;
    const [mean, variance] = [this.variable('moving_mean').read(), this.variable('moving_variance').read()];
    return {
      gamma: this.optional('gamma') ?? tf.ones([channels]),
      beta: this.optional('beta') ?? tf.zeros([channels]),
      moving: { mean: mean as tf.Variable, variance: variance as tf.Variable, momentum: this.args.momentum },
    };
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
