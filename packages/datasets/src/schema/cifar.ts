import { z } from 'zod';
import { commonOptions, storedOptions } from './dataset-options.ts';

/** The options of `name: cifar10`. */
export const cifar10Schema = z
  .strictObject({
    name: z.literal('cifar10').describe('Small photographs of ten kinds.'),
    ...storedOptions,
    ...commonOptions,
  })
  .describe('CIFAR-10: 32×32 colour images of animals and vehicles, 50,000 to train and 10,000 to test.');

/** The options of `name: cifar100`. */
export const cifar100Schema = z
  .strictObject({
    name: z.literal('cifar100').describe('Small photographs of a hundred kinds.'),
    labels: z
      .enum(['fine', 'coarse'])
      .default('fine')
      .describe('The 100 classes, or the 20 superclasses of five each. Default `fine`.'),
    ...storedOptions,
    ...commonOptions,
  })
  .describe('CIFAR-100: 32×32 colour images of 100 classes, 50,000 to train and 10,000 to test.');

const images = { inputShape: [32, 32, 3], available: { train: 50_000, test: 10_000 } } as const;

/** CIFAR-10 as published: Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html. */
export const cifar10Facts = {
  classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  ...images,
} as const;

const fine =
  'apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm';

const coarse =
  'aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices household_furniture insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people reptiles small_mammals trees vehicles_1 vehicles_2';

/** CIFAR-100 as published, by the names of its own lists; labels are alphabetical in both. */
export const cifar100Facts = {
  fine: { classNames: fine.split(' '), ...images },
  coarse: { classNames: coarse.split(' '), ...images },
} as const;
