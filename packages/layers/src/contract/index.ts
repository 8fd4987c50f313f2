export { checkLayer } from './check-layer.ts';
export { type CheckName, type CheckResult, checkNames } from './check-result.ts';
export { type LayerCase, type LayerSubject, type ReferenceGiven, weightOf } from './layer-subject.ts';
export { at, type NdArray, ndArray } from './nd-array.ts';
