import { z } from 'zod';

/** Activations by tf.layers' names; `softmax` runs over the last axis. */
export const activationNames = [
  'linear',
  'relu',
  'relu6',
  'elu',
  'selu',
  'gelu',
  'swish',
  'mish',
  'sigmoid',
  'hardSigmoid',
  'tanh',
  'softmax',
  'softplus',
  'softsign',
] as const;
export type ActivationName = (typeof activationNames)[number];

/** The `activation` argument of layers that can apply one to their output. */
export const activationArg = z
  .enum(activationNames)
  .nullable()
  .default(null)
  .describe('Function applied to the output; null is linear.');
