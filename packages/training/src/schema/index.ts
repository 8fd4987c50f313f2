export type { Score, TrainingEvent } from './events.ts';
export { type OptimizerSettings, optimizerSchema } from './optimizer.ts';
export { type TrainingRecipe, trainingSchema } from './recipe.ts';
export { learningRateAt, type Schedule, scheduleSchema } from './schedule.ts';
