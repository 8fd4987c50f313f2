export {
  type Augment,
  type AugmentationName,
  augmentationNames,
  augmentSchema,
  namedAugmentations,
} from './augmentations.ts';
export { type DatasetDescription, datasetDescriptions } from './dataset-descriptions.ts';
export {
  checkDataset,
  type DatasetCounts,
  type DatasetFacts,
  type DatasetProblem,
  datasetFacts,
} from './dataset-facts.ts';
export { type CommonOptions, commonOptions, storedOptions } from './dataset-options.ts';
export {
  type DatasetInput,
  type DatasetName,
  type DatasetSpec,
  datasetChoices,
  datasetSchema,
} from './dataset-schema.ts';
export type { ImageFolderSpec, ImageListing } from './image-folder.ts';
export { type DrawingOptions, shapeNames } from './shapes.ts';
