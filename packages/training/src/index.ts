export { type Evaluation, evaluate } from './evaluate.ts';
export type { Examples, ReadDraw } from './examples.ts';
export { type FitOptions, type FitResult, fit } from './fit.ts';
export { Optimizer, type OptimizerSlot } from './optimizer.ts';
export { TrainingError } from './training-error.ts';
