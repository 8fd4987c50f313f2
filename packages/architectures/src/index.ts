export { fromLayersModel } from './from-layers-model.ts';
export { type ToLayersModelOptions, toLayersModel } from './to-layers-model.ts';
