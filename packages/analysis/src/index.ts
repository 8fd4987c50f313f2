export {
  type EffectiveReceptiveField,
  type EffectiveReceptiveFieldOptions,
  effectiveReceptiveField,
} from './effective-receptive-field.ts';
export {
  type FeatureMaps,
  type FeatureMapsOptions,
  featureMaps,
  firstLayerKernels,
  type KernelTiles,
} from './feature-maps.ts';
export { type MeasureLatencyOptions, measureLatency, type PredictionLatency } from './measure-latency.ts';
export { networkOfModel } from './network-of-model.ts';
