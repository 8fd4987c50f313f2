import { randomStream } from '@ablate/random';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dominantLabels, mixPlan, mixRows, sampleBeta } from '../src/mixing.ts';

const deep = import.meta.env.MODE === 'deep';
const shape = [5, 6, 2];
const size = 60;
const place = { seed: 3, step: 7, rows: 11, row: 0, count: 11, shape };
const both = { mixup: { alpha: 0.4 }, cutmix: { alpha: 1 } };

test('shards have the plan of their rows of the whole, to the bit', () => {
  const whole = mixPlan(both, place);
  fc.assert(
    fc.property(fc.nat(11), fc.nat(11), (a, b) => {
      const [row, end] = [Math.min(a, b), Math.max(a, b)];
      const shard = mixPlan(both, { ...place, row, count: end - row });
      expect(shard.partners).toEqual(whole.partners.slice(row, end));
      expect(shard.shares).toEqual(whole.shares.slice(row, end));
      expect(shard.boxes).toEqual(whole.boxes.slice(row, end));
    }),
    { seed: 1, numRuns: 50 },
  );
});

test('another step or seed mixes otherwise, and every row is the partner of one', () => {
  const whole = mixPlan(both, place);
  expect([...whole.partners].sort((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, i) => i));
  for (const other of [{ step: 8 }, { seed: 4 }]) {
    const plan = mixPlan(both, { ...place, ...other });
    expect(plan.shares).not.toEqual(whole.shares);
    expect(plan.partners).not.toEqual(whole.partners);
  }
});

test('mixup is the weighted mean of both rows; what was given stays', () => {
  const plan = mixPlan({ mixup: { alpha: 1 } }, place);
  const [own, partners] = [batch('own'), batch('partners')];
  const before = own.x.slice();
  const x = mixRows(own, partners, plan, shape);
  for (let i = 0; i < x.length; i++) {
    const share = plan.shares[Math.floor(i / size)]!;
    expect(x[i]!).toBeCloseTo(share * own.x[i]! + (1 - share) * partners.x[i]!, 6);
  }
  expect(own.x).toEqual(before);
  expect(plan.boxes.every((box) => box === null)).toBe(true);
});

test('CutMix takes the box from the partner, the rest from the row, and shares the label by area', () => {
  const plan = mixPlan({ cutmix: { alpha: 1 } }, place);
  const [own, partners] = [batch('own'), batch('partners')];
  const x = mixRows(own, partners, plan, shape);
  let cut = 0;
  for (let row = 0; row < 11; row++) {
    const box = plan.boxes[row]!;
    let inside = 0;
    for (let i = 0; i < size; i++) {
      const [y, column] = [Math.floor(i / 12), Math.floor((i % 12) / 2)];
      const isInside = y >= box.top && y < box.bottom && column >= box.left && column < box.right;
      if (isInside) inside++;
      expect(x[row * size + i]).toBe((isInside ? partners : own).x[row * size + i]);
    }
    expect(plan.shares[row]).toBeCloseTo(1 - inside / size, 15);
    cut += inside;
  }
  expect(cut).toBeGreaterThan(0);
});

test('with both, about half of the rows take each', () => {
  const rows = deep ? 20_000 : 2_000;
  const { boxes } = mixPlan(both, { ...place, rows, count: rows });
  const cut = boxes.filter((box) => box !== null).length;
  expect(Math.abs(cut - rows / 2)).toBeLessThan(5 * Math.sqrt(rows / 4));
});

test('CutMix needs images', () => {
  expect(() => mixPlan({ cutmix: { alpha: 1 } }, { ...place, shape: [784] })).toThrowErrorMatchingInlineSnapshot(
    `[TrainingError: cutmix: examples must be images [height, width, channels]; received shape [784]. Use mixup.]`,
  );
});

test('without mixup and CutMix, rows stay what they are', () => {
  const plan = mixPlan({}, place);
  const own = batch('own');
  expect(mixRows(own, batch('partners'), plan, shape)).toEqual(own.x);
  expect([...plan.shares]).toEqual(Array.from({ length: 11 }, () => 1));
});

test('the hit of a mixture is the larger share, its own label at one half', () => {
  const plan = { partners: new Uint32Array(3), shares: Float64Array.of(0.4, 0.5, 0.6), boxes: [] };
  expect([...dominantLabels([0, 1, 2], [3, 4, 5], plan)]).toEqual([3, 1, 2]);
});

test.each([0.05, 0.2, 1, 3])(
  'Beta(%d, itself): mean 1/2, variance 1 / (8 alpha + 4), within five standard errors',
  (alpha) => {
    const samples = deep ? 50_000 : 5_000;
    const stream = randomStream(1, `beta ${alpha}`);
    const values = Array.from({ length: samples }, (_, i) => sampleBeta(stream.split(String(i)), alpha));
    const mean = values.reduce((a, b) => a + b, 0) / samples;
    const squares = values.map((value) => (value - 1 / 2) ** 2);
    const variance = squares.reduce((a, b) => a + b, 0) / samples;
    const spread = squares.reduce((a, b) => a + (b - variance) ** 2, 0) / samples;
    expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(5 * Math.sqrt(variance / samples));
    expect(Math.abs(variance - 1 / (8 * alpha + 4))).toBeLessThan(5 * Math.sqrt(spread / samples));
  },
);

function batch(name: string) {
  const x = randomStream(9, name).fillNormal(new Float32Array(11 * size));
  return { rows: 11, x, labels: new Int32Array(11) };
}
