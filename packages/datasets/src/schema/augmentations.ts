import { z } from 'zod';

const fill = z
  .enum(['zero', 'reflect'])
  .default('zero')
  .describe(
    'What comes in from outside: `zero` is black, `reflect` mirrors the image without repeating its edge. Default `zero`.',
  );

const amount = (what: string) =>
  z.number().gt(0).max(1).describe(`${what} is multiplied by 1 − amount to 1 + amount, above 0 to 1.`);

const options = {
  shift: z
    .strictObject({
      pixels: z.int().min(1).describe('At most this far, up or down and left or right.'),
      fill,
    })
    .describe('Moves the image by whole pixels, each distance equally likely.'),
  crop: z
    .strictObject({
      padding: z.int().min(1).default(4).describe('Pixels added on each side. Default 4.'),
      fill,
    })
    .describe('Pads the image on each side, and cuts its size out anywhere (He et al. 2016, for CIFAR-10).'),
  flip: z
    .strictObject({
      probability: z.number().gt(0).max(1).default(0.5).describe('How often, above 0 to 1. Default 0.5.'),
    })
    .describe('Mirrors the image, left to right.'),
  rotate: z
    .strictObject({
      degrees: z.number().gt(0).max(180).describe('At most this far to either side, above 0 to 180.'),
      fill,
    })
    .describe('Turns the image about its centre, with bilinear interpolation.'),
  cutout: z
    .strictObject({
      size: z.int().min(1).describe('Height and width of the square in pixels.'),
    })
    .describe('Covers a square centred anywhere with the mean colour (DeVries & Taylor 2017).'),
  brightness: z
    .strictObject({ amount: amount('Each pixel') })
    .describe('Makes the image darker or brighter; what goes beyond white is white.'),
  contrast: z
    .strictObject({ amount: amount('The distance to the mean of its channel') })
    .describe('Makes the image flatter or stronger; what goes beyond black or white is black or white.'),
};

const entries = z.strictObject(
  Object.fromEntries(Object.entries(options).map(([name, schema]) => [name, schema.optional()])) as {
    [Name in keyof typeof options]: z.ZodOptional<(typeof options)[Name]>;
  },
);

export const augmentationNames = Object.keys(options) as AugmentationName[];

/** How training images are varied: a list, each entry one augmentation with its options. */
export const augmentSchema = z
  .array(
    z.union([
      z.enum(['crop', 'flip']).describe('With its defaults.'),
      entries
        .refine((entry) => Object.keys(entry).length === 1, {
          error: ({ input }) =>
            `must be one augmentation, such as { shift: { pixels: 2 } }; received ${received(input)}. Write each with a dash of its own`,
        })
        .meta({ minProperties: 1, maxProperties: 1 }),
    ]),
  )
  .describe(
    'How images vary each time they are trained on, in this order; those of validation and test stay as they are. Default: not at all.',
  );

export type AugmentationName = keyof typeof options;
export type Augment = z.output<typeof augmentSchema>;

/** An entry with its defaults filled in: a name, and the options of that name. */
export type NamedAugmentation = {
  [Name in AugmentationName]: { name: Name } & z.output<(typeof options)[Name]>;
}[AugmentationName];

/** The entries as the names that they have, each with all of its options. */
export function namedAugmentations(augment: Augment): NamedAugmentation[] {
  return augment.map((entry): NamedAugmentation => {
    const parsed = entries.parse(typeof entry === 'string' ? { [entry]: {} } : entry);
    const [[name, given]] = Object.entries(parsed) as [[string, object]];
    return { name, ...given } as NamedAugmentation;
  });
}

function received(input: unknown): string {
  const keys = Object.keys(input as object);
  return keys.length === 0 ? 'none' : keys.join(' and ');
}
