import { z } from 'zod';
import { budgetFields } from './budget.ts';
import { earlyStoppingSchema } from './early-stopping.ts';
import { emaSchema } from './ema.ts';
import { gradientFields } from './gradients.ts';
import { mixingFields } from './mixing.ts';
import { optimizerSchema } from './optimizer.ts';
import { scheduleSchema } from './schedule.ts';
import { targetFields } from './targets.ts';

/** How a model is trained: everything of a run that is neither the model, nor the data, nor the seed. */
export const trainingSchema = z.strictObject({
  epochs: z.int().min(1).max(10_000).default(10).describe('Passes over the training set, from 1 to 10000.'),
  batchSize: z
    .int()
    .min(1)
    .default(64)
    .describe('Examples a step, at most the training set. The last batch of an epoch may be smaller.'),
  ...budgetFields,
  optimizer: optimizerSchema.prefault({ name: 'adam' }).describe('How a gradient changes the weights.'),
  schedule: scheduleSchema
    .prefault({ name: 'constant' })
    .describe('How the learning rate of the optimizer changes over the run.'),
  ...targetFields,
  ...mixingFields,
  ...gradientFields,
  ema: emaSchema.optional(),
  earlyStopping: earlyStoppingSchema.optional(),
  evaluation: z
    .strictObject({
      trainExamples: z
        .int()
        .min(1)
        .default(10_000)
        .describe(
          'Train accuracy is measured after each epoch, in inference mode, on this many fixed examples of the training set, or on all where there are fewer.',
        ),
      batchSize: z
        .int()
        .min(1)
        .default(256)
        .describe('Examples evaluated at once: changes memory and speed, not what is measured.'),
    })
    .prefault({})
    .describe('What is measured after each epoch.'),
});
/** A recipe with its defaults filled in. */
export type TrainingRecipe = z.output<typeof trainingSchema>;
