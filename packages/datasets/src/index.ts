export type { ReadDraw } from './augment/augmenter.ts';
export { type Dataset, type Examples, imageSplit, type RawImages, type Split, subset } from './dataset.ts';
export { DatasetError } from './dataset-error.ts';
export { drawShapes } from './draw-shapes.ts';
export { epochOrder } from './epoch-order.ts';
export { type DatasetSeed, makeDataset, type RawDataset } from './make-dataset.ts';
export { fitNormalization, type Normalization } from './normalization.ts';
export { type DatasetTransfer, receiveDataset, type SharedImages, transferDataset } from './transfer-dataset.ts';
