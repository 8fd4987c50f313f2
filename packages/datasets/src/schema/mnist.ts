import { z } from 'zod';
import { commonOptions, storedOptions } from './dataset-options.ts';

/** The options of `name: mnist`. */
export const mnistSchema = z
  .strictObject({ name: z.literal('mnist').describe('Handwritten digits.'), ...storedOptions, ...commonOptions })
  .describe('MNIST: 28×28 grey images of handwritten digits, 60,000 to train and 10,000 to test.');

/** MNIST as published: LeCun, Bottou, Bengio and Haffner 1998, http://yann.lecun.com/exdb/mnist. */
export const mnistFacts = {
  classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  inputShape: [28, 28, 1],
  available: { train: 60_000, test: 10_000 },
} as const;
