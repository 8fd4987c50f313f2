import { z } from 'zod';
import { commonOptions } from './dataset-options.ts';

/** What `shapes` draws; the index is the label. */
export const shapeNames = ['circle', 'ring', 'square', 'diamond', 'triangle', 'cross'] as const;

/** What decides the pixels of `shapes`. */
export const drawingOptions = {
  size: z
    .strictObject({
      train: z.int().min(1).default(6000).describe('Training images. Default 6000.'),
      test: z.int().min(1).default(1000).describe('Test images. Default 1000.'),
    })
    .prefault({})
    .describe('How many images are drawn.'),
  imageSize: z.int().min(12).max(256).default(28).describe('Height and width in pixels, 12 to 256. Default 28.'),
  noise: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Standard deviation of the noise on each pixel, where black to white is 1. Default 0.1.'),
};

/** The options of `name: shapes`. */
export const shapesSchema = z
  .strictObject({
    name: z.literal('shapes').describe('Drawn shapes; nothing to download.'),
    ...drawingOptions,
    ...commonOptions,
  })
  .describe('Drawn shapes of varied place, size, angle and brightness: six classes, made where it runs.');

/** What decides the pixels of `shapes`, with its defaults filled in. */
export type DrawingOptions = z.output<z.ZodObject<typeof drawingOptions, z.core.$strict>>;
