import { z } from 'zod';
import { commonOptions } from './dataset-options.ts';

const side = z.int().min(8).max(1024);

/** The options of `name: image-folder`. */
export const imageFolderSchema = z
  .strictObject({
    name: z.literal('image-folder').describe('Your own images.'),
    path: z
      .string()
      .min(1)
      .describe(
        'The folder: a folder of images for each class, or `train` and `test` with such folders in each. Relative to the file that says so.',
      ),
    imageSize: z
      .union([
        side.describe('Height and width.'),
        z.tuple([side.describe('Height.'), side.describe('Width.')]).describe('Height and width.'),
      ])
      .describe('Pixels that every image is resized to, 8 to 1024: one number, or [height, width].'),
    color: z.enum(['rgb', 'grayscale']).default('rgb').describe('Three channels, or one. Default `rgb`.'),
    fit: z
      .enum(['stretch', 'crop', 'pad'])
      .default('stretch')
      .describe(
        'For images of another aspect: `stretch` them, `crop` what is over at the middle of both sides, or `pad` with black. Default `stretch`.',
      ),
    ...commonOptions,
    split: commonOptions.split
      .unwrap()
      .extend({
        test: z
          .number()
          .gt(0)
          .lt(1)
          .optional()
          .describe('Part of all images that is kept for testing where there is no `test` folder. Default 0.2.'),
      })
      .prefault({})
      .describe('How images are divided, with the classes in proportion: first test, then validation.'),
  })
  .describe('Images in a folder for each class; what is known of them comes from listing the folder.');

export type ImageFolderSpec = z.output<typeof imageFolderSchema>;

/** What a folder of images holds; `listImages` of `./node` finds it out, without reading an image. */
export interface ImageListing {
  readonly classNames: readonly string[];
  /** Images to train on and to test on, before `limit` and `split.validation`. */
  readonly available: { readonly train: number; readonly test: number };
}

/** The shape of every image of an image folder. */
export function imageFolderShape({
  imageSize,
  color,
}: ImageFolderSpec): readonly [height: number, width: number, channels: number] {
  const [height, width] = typeof imageSize === 'number' ? [imageSize, imageSize] : imageSize;
  return [height, width, color === 'rgb' ? 3 : 1];
}
