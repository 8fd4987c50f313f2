import { z } from 'zod';
import { mnistSchema } from './mnist.ts';
import { shapesSchema } from './shapes.ts';

/** The spec's `dataset`. */
export const datasetSchema = z
  .discriminatedUnion('name', [mnistSchema, shapesSchema])
  .describe('The data that every variant is trained and tested on.');

/** A data set with every default filled in. */
export type DatasetSpec = z.output<typeof datasetSchema>;
/** A data set as it may be written. */
export type DatasetInput = z.input<typeof datasetSchema>;
export type DatasetName = DatasetSpec['name'];
