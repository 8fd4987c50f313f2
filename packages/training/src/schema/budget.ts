import { z } from 'zod';

const DURATION = /^(?=.*[1-9])\d+(\.\d+)?[smh]$/;
const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** Fields of the recipe: what ends a run before its last epoch. */
export const budgetFields = {
  maxSteps: z
    .int()
    .min(1)
    .optional()
    .describe(
      'The run ends after this many steps, from 1, also inside an epoch, and is evaluated there. Schedules count on this many steps where the epochs have more.',
    ),
  maxTime: z
    // The checks stand behind the union, whose own errors would not say how a duration is written.
    .union([z.number().meta({ exclusiveMinimum: 0 }), z.string().meta({ pattern: DURATION.source })])
    .refine((written) => (typeof written === 'number' ? written > 0 : DURATION.test(written)), {
      error: ({ input }) =>
        `must be seconds above 0, or a number with s, m or h, as in "90s", "10m", "1.5h"; received ${JSON.stringify(input)}`,
    })
    .transform(secondsOf)
    .optional()
    .describe(
      'The run ends after the step in which its training steps have taken this long, and is evaluated there: seconds above 0, or "90s", "10m", "2h". Evaluation does not count. How far a run gets depends on the machine: it can\'t be repeated exactly. Schedules count on all epochs, or on maxSteps.',
    ),
};

/** What ended a run that would have had more steps. */
export type SpentBudget = 'maxSteps' | 'maxTime';

function secondsOf(written: number | string): number {
  if (typeof written === 'number') return written;
  return Number(written.slice(0, -1)) * SECONDS[written.slice(-1) as keyof typeof SECONDS];
}
