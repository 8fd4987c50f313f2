import { z } from 'zod';
import { cifar10Schema, cifar100Schema } from './cifar.ts';
import { fashionMnistSchema } from './fashion-mnist.ts';
import { imageFolderSchema } from './image-folder.ts';
import { mnistSchema } from './mnist.ts';
import { shapesSchema } from './shapes.ts';

/** The spec's `dataset`. */
export const datasetSchema = z
  .discriminatedUnion('name', [
    mnistSchema,
    fashionMnistSchema,
    cifar10Schema,
    cifar100Schema,
    imageFolderSchema,
    shapesSchema,
  ])
  .describe('The data that every variant is trained and tested on.');

/** A data set with every default filled in. */
export type DatasetSpec = z.output<typeof datasetSchema>;
/** A data set as it may be written. */
export type DatasetInput = z.input<typeof datasetSchema>;
export type DatasetName = DatasetSpec['name'];

/**
 * What decides the values of a data set together with the content of its files: everything but where they are found. Two
 * specs with the same choices and files of the same content train alike.
 */
export function datasetChoices(spec: DatasetSpec): Record<string, unknown> {
  const { path: _, download: __, ...choices } = { path: undefined, download: undefined, ...spec };
  return choices;
}
