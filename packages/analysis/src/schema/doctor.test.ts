import { expect, test } from 'vitest';
import { activationStatistics } from './activation-statistics.ts';
import { doctor, type TrainingRecords } from './doctor.ts';
import { gradientRatio, gradientStatistics, weightFlow } from './gradient-flow.ts';

test('statistics of a gradient, its zeros and what is not finite', () => {
  expect(gradientStatistics([3, -4, 0, 0])).toEqual({
    meanAbs: 1.75,
    maxAbs: 4,
    norm: 5,
    zeros: 0.5,
    nonFinite: 0,
    size: 4,
  });
  expect(gradientStatistics([Number.NaN, 2, Number.NEGATIVE_INFINITY])).toMatchObject({ meanAbs: 2, nonFinite: 2 });
  expect(weightFlow('a/kernel', { gradient: [1], update: [0.3, 0.4], value: [3, 4] }).updateRatio).toBeCloseTo(0.1, 12);
  expect(weightFlow('a/bias', { gradient: [1], update: [1], value: [0] }).updateRatio).toBeNull();
  expect(() => gradientStatistics([])).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: gradientStatistics: a gradient must have elements; received none.]`,
  );
});

test('statistics of activations: a unit is dead when it is 0 everywhere', () => {
  // Two channels: 0, 0, 0 and 1, 0, 5.
  expect(activationStatistics([0, 1, 0, 0, 0, 5], 2)).toEqual({
    mean: 1,
    standardDeviation: expect.closeTo(Math.sqrt(20 / 6), 12) as number,
    zeros: 4 / 6,
    saturated: null,
    deadUnits: 0.5,
    nonFinite: 0,
  });
  expect(activationStatistics([0.019, 0.021, 0.981, 0.5], 1, [0, 1]).saturated).toBe(0.5);
  expect(activationStatistics([-0.97, 0.95, 0, 0.9], 1, [-1, 1]).saturated).toBe(0.25);
  expect(() => activationStatistics([1, 2, 3], 2)).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: activationStatistics: the number of values must be a multiple of channels (=2); received 3.]`,
  );
});

test('a healthy training has no findings', () => {
  expect(doctor(records())).toEqual([]);
  expect(doctor({})).toEqual([]);
});

const cases: [name: string, records: TrainingRecords, finding: object][] = [
  [
    'gradients that shrink to a millionth: the kernel nearest the output below the threshold',
    records({ rms: [1e-6, 1e-4, 1e-2, 1] }),
    { pathology: 'vanishing-gradient', where: 'conv2/kernel', since: { step: 0 }, threshold: 1e-3 },
  ],
  [
    'gradients that grow towards the input',
    records({ rms: [2e4, 100, 10, 1] }),
    { pathology: 'exploding-gradient', where: 'conv1/kernel', measured: expect.closeTo(2e4, 6) as number },
  ],
  ['a loss that is lost', records({ loss: [2, 3, null] }), { pathology: 'exploding-gradient', since: { step: 200 } }],
  [
    'units that died at step 200',
    records({ dead: [0, 0.1, 0.75, 0.8] }),
    { pathology: 'dead-relu', where: 'relu1', since: { step: 200 }, measured: 0.8 },
  ],
  ['values at the bounds', records({ saturated: [0.6, 0.7] }), { pathology: 'saturation', since: { step: 0 } }],
  ['steps as large as the weights', records({ update: 0.5 }), { pathology: 'learning-rate-too-high', measured: 0.5 }],
  [
    'a loss that rises',
    records({ loss: [1, 2, 3, 4, 5] }),
    { pathology: 'learning-rate-too-high', measured: 5, threshold: 1.2 },
  ],
  [
    'a loss that stays',
    records({ loss: [2.3, 2.31, 2.3, 2.29, 2.3] }),
    { pathology: 'not-learning', measured: 1, threshold: 0.9 },
  ],
  [
    'steps of nothing',
    records({ loss: [2.3, 2.3, 2.3, 2.3, 2.3], update: 1e-7 }),
    { pathology: 'learning-rate-too-low', measured: 1e-7, threshold: 1e-5 },
  ],
  [
    'a validation loss that rises from epoch 2 on',
    records({ validation: [0.9, 0.5, 0.6, 0.8] }),
    { pathology: 'overfitting', since: { epoch: 2 }, measured: 1.6, threshold: 1.1 },
  ],
];

test.each(cases)('%s', (_, given, finding) => {
  expect(doctor(given)).toContainEqual(expect.objectContaining(finding));
});

test('a bias whose gradient is 0, and a kernel that starts at 0, are well', () => {
  const { gradients = [] } = records();
  const zero = weightFlow('conv1/bias', { gradient: [0, 0] });
  expect(doctor({ gradients: gradients.map((flow) => ({ ...flow, weights: [zero, ...flow.weights] })) })).toEqual([]);
  const starts = gradients.map(({ step, weights: [first, ...others] }) => ({
    step,
    weights: [step === 0 ? weightFlow('conv1/kernel', { gradient: [0] }) : first, ...others].filter(
      (one) => one !== undefined,
    ),
  }));
  expect(doctor({ gradients: starts })).toEqual([]);
});

/** A training as it should be, but for what is said. */
function records({
  rms = [0.5, 1, 2, 1],
  loss = [2.3, 1.5, 1, 0.8, 0.7] as (number | null)[],
  dead = [0, 0.1],
  saturated = [0, 0.1],
  update = 1e-3,
  validation = [1, 0.8, 0.7],
} = {}): TrainingRecords {
  const weights = rms.map((value, index) =>
    weightFlow(`conv${index + 1}/kernel`, { gradient: [value, -value], update: [update], value: [1] }),
  );
  const steady = { mean: 0.5, standardDeviation: 1, zeros: 0.5, nonFinite: 0 };
  return {
    gradients: [0, 100, 200].map((step) => ({ step, weights })),
    losses: loss.map((value, index) => ({ step: 100 * index, loss: value })),
    activations: dead.map((deadUnits, index) => ({
      step: 100 * index,
      examples: 64,
      layers: [{ layer: 'relu1', ...steady, deadUnits, saturated: saturated[index] ?? 0 }],
    })),
    epochs: validation.map((validationLoss, index) => ({
      epoch: index + 1,
      trainLoss: 1 / (index + 1),
      validationLoss,
    })),
  };
}

test('gradientRatio: first kernel by last, root mean squares, median over steps; null where nothing can be said', () => {
  const weight = (path: string, gradient: number[]) => weightFlow(path, { gradient });
  const step = (first: number[], last: number[]) => ({
    step: 1,
    weights: [weight('conv/kernel', first), weight('conv/bias', [9]), weight('dense/kernel', last)],
  });
  // 1, 0.5 and 2: the elements of the first are four times as many, which root mean squares do not count.
  const flows = [step([1, 1, 1, 1], [1]), step([1, 1, 1, 1], [2]), step([2, 2, 2, 2], [1])];
  expect(gradientRatio(flows)).toBe(1);
  expect(gradientRatio([step([1], [0])])).toBeNull();
  expect(gradientRatio([{ step: 1, weights: [weight('dense/kernel', [1])] }])).toBeNull();
  expect(gradientRatio([])).toBeNull();
});
