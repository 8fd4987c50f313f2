export { type Augment, type AugmentationName, augmentationNames } from './augmentations.ts';
export { type DatasetDescription, datasetDescriptions } from './dataset-descriptions.ts';
export {
  checkDataset,
  type DatasetCounts,
  type DatasetFacts,
  type DatasetProblem,
  datasetFacts,
} from './dataset-facts.ts';
export { type CommonOptions, commonOptions } from './dataset-options.ts';
export { type DatasetInput, type DatasetName, type DatasetSpec, datasetSchema } from './dataset-schema.ts';
export { type DrawingOptions, shapeNames } from './shapes.ts';
