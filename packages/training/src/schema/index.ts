export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint-bytes.ts';
export type { SpentBudget } from './budget.ts';
export {
  type EarlyStopping,
  type EarlyStoppingState,
  earlyStoppingAfter,
  earlyStoppingSchema,
  earlyStoppingStart,
} from './early-stopping.ts';
export { type EmaSettings, emaSchema } from './ema.ts';
export type { EarlyStoppingOutcome, JsonValue, Score, TrainingEvent } from './events.ts';
export { type EpochScores, isBetter, type Monitor, monitored, monitorSchema } from './monitor.ts';
export { type OptimizerSettings, optimizerSchema } from './optimizer.ts';
export { type PlateauSchedule, type PlateauState, plateauAfter, plateauSchema, plateauStart } from './plateau.ts';
export { type TrainingRecipe, trainingSchema } from './recipe.ts';
export { learningRateAt, type Schedule, scheduleSchema } from './schedule.ts';
export type { Snapshot } from './snapshot.ts';
export { type LossSettings, lossSchema } from './targets.ts';
export { TrainingError } from '../training-error.ts';
