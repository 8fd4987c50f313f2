export { cacheFolder } from './cache-folder.ts';
export type { DataPlaces, DataProgress, LoadOptions } from './data-options.ts';
export { dataVersion } from './data-version.ts';
export { loadDataset } from './load-dataset.ts';
export { listImages } from './load-image-folder.ts';
export { type CifarLabels, parseCifar } from './parse-cifar.ts';
export { type Idx, parseIdx } from './parse-idx.ts';
