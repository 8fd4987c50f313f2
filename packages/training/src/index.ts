export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export type { Examples, ReadDraw } from './examples.ts';
export { fit } from './fit.ts';
export type { FitOptions, FitResult } from './fit-options.ts';
export { Optimizer, type OptimizerSlot, type OptimizerState } from './optimizer.ts';
export { type Replica, shardOf, soleReplica } from './replica.ts';
export { SharedReplica } from './shared-replica.ts';
export { TrainingError } from './training-error.ts';
