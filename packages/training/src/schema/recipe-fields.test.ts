import { expect, test } from 'vitest';
import { z } from 'zod';
import { earlyStoppingSchema } from './early-stopping.ts';
import { emaSchema } from './ema.ts';
import { gradientFields } from './gradients.ts';
import { mixingFields } from './mixing.ts';
import { plateauSchema } from './plateau.ts';
import { targetFields } from './targets.ts';

const fields = z.strictObject({
  ...gradientFields,
  ...targetFields,
  ...mixingFields,
  ema: emaSchema.optional(),
  earlyStopping: earlyStoppingSchema.optional(),
  schedule: plateauSchema.optional(),
});

test('nothing asked for is cross-entropy of plain labels in one batch', () => {
  expect(fields.parse({})).toEqual({ accumulate: 1, loss: { name: 'cross-entropy' }, labelSmoothing: 0 });
});

test('what is asked for by name gets the defaults of its paper or of PyTorch', () => {
  const asked = { loss: { name: 'focal' }, mixup: {}, cutmix: {}, ema: {}, earlyStopping: {} };
  expect(fields.parse({ ...asked, schedule: { name: 'plateau' } })).toEqual({
    accumulate: 1,
    labelSmoothing: 0,
    loss: { name: 'focal', gamma: 2 },
    mixup: { alpha: 0.2 },
    cutmix: { alpha: 1 },
    ema: { decay: 0.999, warmup: true },
    earlyStopping: { monitor: 'validationLoss', patience: 5, minDelta: 0, restoreBest: true },
    schedule: {
      name: 'plateau',
      warmupSteps: 0,
      monitor: 'validationLoss',
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      thresholdMode: 'relative',
      cooldown: 0,
      finalFactor: 0,
    },
  });
});

test.each([
  [{ clipNorm: 0 }, ['clipNorm']],
  [{ clipValue: -1 }, ['clipValue']],
  [{ accumulate: 0 }, ['accumulate']],
  [{ labelSmoothing: 1 }, ['labelSmoothing']],
  [{ classWeights: [1, -1] }, ['classWeights', 1]],
  [{ classWeights: 'balance' }, ['classWeights']],
  [{ loss: { name: 'mse', gamma: 2 } }, ['loss']],
  [{ loss: { name: 'focal', gamma: -1 } }, ['loss', 'gamma']],
  [{ mixup: { alpha: 0 } }, ['mixup', 'alpha']],
  [{ ema: { decay: 1 } }, ['ema', 'decay']],
  [{ earlyStopping: { monitor: 'testLoss' } }, ['earlyStopping', 'monitor']],
  [{ earlyStopping: { patience: 0 } }, ['earlyStopping', 'patience']],
  [{ schedule: { name: 'plateau', factor: 1 } }, ['schedule', 'factor']],
])('%j is refused, at %j', (recipe, path) => {
  const paths = fields.safeParse(recipe).error?.issues.map((issue) => issue.path);
  expect(paths).toEqual([path]);
});
