import { expect, test } from 'vitest';
import { type EarlyStopping, earlyStoppingAfter, earlyStoppingSchema, earlyStoppingStart } from './early-stopping.ts';
import { monitored } from './monitor.ts';

test.each([
  // settings, values, epoch of the stop, best epoch
  [{ patience: 2 }, [1, 0.5, 0.6, 0.7, 0.1], 4, 2],
  [{ patience: 2 }, [1, 0.5, 0.6, 0.4, 0.5, 0.4], 6, 4],
  [{ patience: 1 }, [1, 1], 2, 1],
  [{ patience: 1 }, [3, 2, 1], null, 3],
  [{ patience: 2, minDelta: 0.2 }, [1, 0.9, 0.85, 0.1], 3, 1],
  [{ patience: 2, minDelta: 0.2 }, [1, 0.9, 0.75, 0.7, 0.6], 5, 3],
  [{ patience: 2, monitor: 'validationAccuracy' }, [0.5, 0.6, 0.6, 0.55], 4, 2],
] as [Partial<EarlyStopping>, number[], number | null, number][])(
  '%j on %j ends after epoch %j; epoch %i was the best',
  (written, values, end, best) => {
    const settings = earlyStoppingSchema.parse(written);
    let state = { ...earlyStoppingStart };
    let stopped: number | null = null;
    let kept = 0;
    for (const [i, value] of values.entries()) {
      if (stopped !== null) break;
      // What a checkpoint keeps is all there is.
      const after = earlyStoppingAfter(settings, JSON.parse(JSON.stringify(state)) as typeof state, i + 1, value);
      state = after.state;
      if (after.isBest) kept = i + 1;
      if (after.stop) stopped = i + 1;
    }
    expect(stopped).toBe(end);
    expect(kept).toBe(best);
    expect(state.best).toEqual({ value: values[best - 1], epoch: best });
  },
);

test('what is monitored is found in the scores of an epoch, or is not there', () => {
  const scores = { train: { loss: 1, accuracy: 2 }, validation: { loss: 3, accuracy: 4 } };
  expect(monitored('trainLoss', scores)).toBe(1);
  expect(monitored('trainAccuracy', scores)).toBe(2);
  expect(monitored('validationLoss', scores)).toBe(3);
  expect(monitored('validationAccuracy', scores)).toBe(4);
  expect(monitored('validationLoss', { train: scores.train })).toBeUndefined();
});
