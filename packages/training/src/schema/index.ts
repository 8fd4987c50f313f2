export type { Score, TrainingEvent } from './events.ts';
export { type OptimizerSettings, optimizerSchema, type TrainingRecipe, trainingSchema } from './recipe.ts';
export { learningRateAt, type Schedule, scheduleSchema } from './schedule.ts';
