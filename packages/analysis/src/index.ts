export {
  type InferenceTimes,
  type MeasureInferenceOptions,
  measureInference,
  type Spread,
} from './measure-inference.ts';
export { networkOfModel } from './network-of-model.ts';
