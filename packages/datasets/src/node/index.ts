export { type DataPlaces, findMnist } from './find-mnist.ts';
export { type LoadOptions, loadDataset } from './load-dataset.ts';
export { loadMnist } from './load-mnist.ts';
export { type Idx, parseIdx } from './parse-idx.ts';
