import { z } from 'zod';
import { commonOptions, storedOptions } from './dataset-options.ts';

/** The options of `name: fashion-mnist`. */
export const fashionMnistSchema = z
  .strictObject({
    name: z.literal('fashion-mnist').describe('Articles of clothing.'),
    ...storedOptions,
    ...commonOptions,
  })
  .describe('Fashion-MNIST: 28×28 grey images of clothing, 60,000 to train and 10,000 to test.');

/** Fashion-MNIST as published: Xiao, Rasul and Vollgraf 2017, https://arxiv.org/abs/1708.07747. */
export const fashionMnistFacts = {
  classNames: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  inputShape: [28, 28, 1],
  available: { train: 60_000, test: 10_000 },
} as const;
