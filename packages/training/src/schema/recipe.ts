import { z } from 'zod';
import { scheduleSchema } from './schedule.ts';

const learningRate = (rate: number) =>
  z.number().positive().default(rate).describe('Step size, above 0; a schedule multiplies it.');

const share = (value: number, what: string) => z.number().min(0).lt(1).default(value).describe(what);

const sgd = z
  .strictObject({ name: z.literal('sgd'), learningRate: learningRate(0.01) })
  .describe('Stochastic gradient descent: w −= learningRate · gradient.');

const momentum = z
  .strictObject({
    name: z.literal('momentum'),
    learningRate: learningRate(0.01),
    momentum: share(0.9, 'Share of the velocity kept at each step, from 0 to below 1.'),
    nesterov: z.boolean().default(false).describe('Look ahead by one step of the velocity (Nesterov).'),
  })
  .describe('SGD with momentum in PyTorch’s form: v = momentum · v + gradient; w −= learningRate · v.');

const adam = z
  .strictObject({
    name: z.literal('adam'),
    learningRate: learningRate(0.001),
    beta1: share(0.9, 'Decay of the mean of the gradients, from 0 to below 1.'),
    beta2: share(0.999, 'Decay of the mean of their squares, from 0 to below 1.'),
    epsilon: z
      .number()
      .positive()
      .default(1e-8)
      .describe(
        'Added to the root of the second moment, above 0. 1e-8 as in the paper and PyTorch; Keras and TensorFlow have 1e-7.',
      ),
  })
  .describe('Adam (Kingma and Ba 2015), bias-corrected.');

/** How a gradient changes the weights. */
export const optimizerSchema = z.discriminatedUnion('name', [sgd, momentum, adam]);
export type OptimizerSettings = z.output<typeof optimizerSchema>;

/** How a model is trained: everything of a run that is neither the model, nor the data, nor the seed. */
export const trainingSchema = z.strictObject({
  epochs: z.int().min(1).max(10_000).default(10).describe('Passes over the training set, from 1 to 10000.'),
  batchSize: z
    .int()
    .min(1)
    .default(64)
    .describe('Examples a step, at most the training set. The last batch of an epoch may be smaller.'),
  optimizer: optimizerSchema.prefault({ name: 'adam' }).describe('How a gradient changes the weights.'),
  schedule: scheduleSchema
    .prefault({ name: 'constant' })
    .describe('How the learning rate of the optimizer changes over the run.'),
  evaluation: z
    .strictObject({
      trainExamples: z
        .int()
        .min(1)
        .default(10_000)
        .describe(
          'Train accuracy is measured after each epoch, in inference mode, on this many fixed examples of the training set, or on all where there are fewer.',
        ),
      batchSize: z
        .int()
        .min(1)
        .default(256)
        .describe('Examples evaluated at once: changes memory and speed, not what is measured.'),
    })
    .prefault({})
    .describe('What is measured after each epoch.'),
});
/** A recipe with its defaults filled in. */
export type TrainingRecipe = z.output<typeof trainingSchema>;
