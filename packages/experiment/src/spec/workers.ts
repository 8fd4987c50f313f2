import { z } from 'zod';

/** The spec's `workers`. */
export const workersSchema = z
  .union([z.literal('auto'), z.int().min(1).max(64)])
  .describe(
    'Threads that share each batch of one training, each with its own backend: a number, or auto, one for each core as far as a step has work for them. Another number rounds otherwise, so that it is another run.',
  );
export type WorkersRequest = z.output<typeof workersSchema>;
