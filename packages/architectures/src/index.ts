export { type ToLayersModelOptions, toLayersModel } from './to-layers-model.ts';
