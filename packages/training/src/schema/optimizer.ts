import { z } from 'zod';

const learningRate = (rate: number) =>
  z.number().positive().default(rate).describe('Step size, above 0; a schedule multiplies it.');

const share = (value: number, what: string) => z.number().min(0).lt(1).default(value).describe(what);

const epsilon = (where: string) =>
  z
    .number()
    .positive()
    .default(1e-8)
    .describe(`Added to the root of ${where}, above 0. 1e-8 as in PyTorch; Keras and TensorFlow have 1e-7.`);

const coupled =
  'L2 penalty, from 0: weightDecay · weight is added to the gradient, as PyTorch does; not part of the reported loss.';

/** Two fields that every optimizer has. */
const decay = (value: number, what: string) => ({
  weightDecay: z.number().min(0).default(value).describe(what),
  excludeFromWeightDecay: z
    .array(z.enum(['bias', 'normalization']))
    .default(['bias', 'normalization'])
    .describe(
      'Weights that are not decayed: biases, and the gamma and beta of normalization. Both, as in timm; [] decays every weight, as PyTorch does by itself.',
    ),
});

const sgd = z
  .strictObject({ name: z.literal('sgd'), learningRate: learningRate(0.01), ...decay(0, coupled) })
  .describe('Stochastic gradient descent: w −= learningRate · gradient.');

const momentum = z
  .strictObject({
    name: z.literal('momentum'),
    learningRate: learningRate(0.01),
    momentum: share(0.9, 'Share of the velocity kept at each step, from 0 to below 1.'),
    nesterov: z.boolean().default(false).describe('Look ahead by one step of the velocity (Nesterov).'),
    ...decay(0, coupled),
  })
  .describe('SGD with momentum in PyTorch’s form: v = momentum · v + gradient; w −= learningRate · v.');

const adamOptions = {
  learningRate: learningRate(0.001),
  beta1: share(0.9, 'Decay of the mean of the gradients, from 0 to below 1.'),
  beta2: share(0.999, 'Decay of the mean of their squares, from 0 to below 1.'),
  epsilon: epsilon('the second moment'),
};

const adam = z
  .strictObject({ name: z.literal('adam'), ...adamOptions, ...decay(0, coupled) })
  .describe('Adam (Kingma and Ba 2015), bias-corrected.');

const adamw = z
  .strictObject({
    name: z.literal('adamw'),
    ...adamOptions,
    ...decay(
      0.01,
      'Decoupled decay, from 0: each step takes learningRate · weightDecay of a weight off it, apart from its gradient. 0.01 as in PyTorch.',
    ),
  })
  .describe('Adam with decoupled weight decay (Loshchilov and Hutter 2019), in PyTorch’s form.');

const rmsprop = z
  .strictObject({
    name: z.literal('rmsprop'),
    learningRate: learningRate(0.01),
    rho: share(0.99, 'Decay of the mean of the squared gradients, from 0 to below 1; PyTorch calls it alpha.'),
    momentum: share(0, 'Share of the velocity kept at each step, from 0 (no velocity) to below 1.'),
    epsilon: epsilon('the mean square'),
    ...decay(0, coupled),
  })
  .describe('RMSprop (Tieleman and Hinton 2012), not centred, in PyTorch’s form.');

/** How a gradient changes the weights. */
export const optimizerSchema = z.discriminatedUnion('name', [sgd, momentum, adam, adamw, rmsprop]);
export type OptimizerSettings = z.output<typeof optimizerSchema>;
