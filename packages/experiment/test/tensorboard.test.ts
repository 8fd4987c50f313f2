import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { histogram } from '@ablate/analysis/schema';
import type { TrainingEvent } from '@ablate/training/schema';
import { expect, test } from 'vitest';
import { writeTensorBoard } from '../src/node/index.ts';
import { crc32c } from '../src/tensorboard/event-file.ts';

/* What TensorBoard shows of the run below: written by tensorboard/read-events.py, with its version. */
const fixture = JSON.parse(readFileSync(new URL('./tensorboard/events.json', import.meta.url), 'utf8')) as {
  sha256: string;
  events: { plugin: string; tag: string; step: number; wallTime: number; value: unknown }[];
};

const flow = { weight: 'conv1/kernel', meanAbs: 0.25, maxAbs: 1, norm: 2, zeros: 0, nonFinite: 0, size: 9 };
/** Weights that are all 1, and a gradient that is nowhere finite. */
const histograms = { gradient: null, weight: histogram([1, 1, 1]) };
const activations = { layer: 'conv1', mean: 0.5, saturated: null, histogram: histogram([0, 1, 1, 2], 2) };
const EVENTS: TrainingEvent[] = [
  { type: 'start', epochs: 2, stepsPerEpoch: 2, examples: 8, batchSize: 4 },
  { type: 'step', epoch: 1, step: 1, loss: 2.5, accuracy: 0.25, learningRate: 0.5 },
  { type: 'probe', name: 'gradient-flow', step: 1, value: [{ ...flow, updateRatio: null, histograms }] },
  { type: 'probe', name: 'activations', step: 1, value: { examples: 4, layers: [activations] } },
  {
    type: 'epoch',
    epoch: 1,
    step: 2,
    learningRate: 0.5,
    running: { loss: 2, accuracy: 0.5 },
    train: { loss: 1.5, accuracy: 0.75 },
  },
  { type: 'step', epoch: 2, step: 3, loss: Number.NaN, accuracy: 0.5, learningRate: 0.25 },
  { type: 'end', epochs: 1, steps: 3, stopped: 'requested' },
];
const tile = (channels: number, ...pixels: number[]) => ({
  height: 1,
  width: pixels.length / channels,
  channels,
  pixels: Buffer.from(pixels).toString('base64'),
});
const ANALYSES = {
  'confusion-matrix': {
    matrix: [
      [3, 1, 0],
      [0, 0, 0],
      [0, 0, 2],
    ],
  },
  'most-wrong': { examples: [{ image: tile(1, 7, 8) }] },
  'feature-maps': {
    images: [{ index: 5, image: tile(3, 1, 2, 3, 4, 5, 6) }],
    layers: [{ layer: 'conv1', channels: 2, images: [[tile(1, 0, 255), tile(1, 9, 9)]] }],
  },
  'first-layer-kernels': { layer: 'conv1', tiles: [[tile(3, 250, 120, 10)], [tile(3, 1, 1, 1)]] },
  'effective-receptive-field': { layer: 'conv2', height: 2, width: 2, map: [0, 0.25, 0.5, 1] },
  calibration: { bins: [] },
};
const TIMES: TrainingEvent[] = [
  { type: 'timing', epoch: 1, trainSeconds: 6, evaluateSeconds: 2, examplesPerSecond: 1, endedAt: 998 },
];

test('the file of a run, with a line that a crash tore, is the one that TensorBoard read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ablate-tensorboard-'));
  const lines = (events: readonly TrainingEvent[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');
  writeFileSync(join(folder, 'metrics.jsonl'), `${lines(EVENTS)}{"type":"ste`);
  writeFileSync(join(folder, 'timings.jsonl'), lines(TIMES));
  utimesSync(join(folder, 'metrics.jsonl'), 1000, 1000);
  mkdirSync(join(folder, 'model'));
  const weights = [{ name: 'dense/kernel', shape: [2, 2], dtype: 'float32' }];
  writeFileSync(join(folder, 'model/model.json'), JSON.stringify({ weightsManifest: [{ weights }] }));
  writeFileSync(join(folder, 'model/weights.bin'), new Uint8Array(Float32Array.of(-1, 0.5, 0.5, 2).buffer));
  mkdirSync(join(folder, 'analysis'));
  for (const [name, value] of Object.entries(ANALYSES)) {
    writeFileSync(join(folder, 'analysis', `${name}.json`), JSON.stringify(value));
  }
  const torn: string[] = [];
  const [file = ''] = writeTensorBoard(folder, (notice) => void torn.push(notice));
  expect(torn).toEqual([expect.stringContaining('metrics.jsonl: its last line is torn, and left out')]);
  const bytes = readFileSync(file);
  if (process.env['KEEP_EVENTS'] !== undefined) writeFileSync(process.env['KEEP_EVENTS'], bytes);
  rmSync(folder, { recursive: true });
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(fixture.sha256);
});

test('what TensorBoard shows is what the run said, when it did', () => {
  // The first epoch ended at second 998 and trained for 6. A loss that is not a number is left out.
  expect(shown('scalars')).toEqual([
    ['step/loss', 1, 993, 2.5],
    ['step/accuracy', 1, 993, 0.25],
    ['step/accuracy', 3, 1001, 0.5],
    ['step/learning-rate', 1, 993, 0.5],
    ['step/learning-rate', 3, 1001, 0.25],
    ['gradient-flow/meanAbs/conv1/kernel', 1, 993, 0.25],
    ['gradient-flow/maxAbs/conv1/kernel', 1, 993, 1],
    ['gradient-flow/norm/conv1/kernel', 1, 993, 2],
    ['gradient-flow/zeros/conv1/kernel', 1, 993, 0],
    ['gradient-flow/nonFinite/conv1/kernel', 1, 993, 0],
    ['activations/mean/conv1', 1, 993, 0.5],
    ['epoch/running-loss', 2, 998, 2],
    ['epoch/running-accuracy', 2, 998, 0.5],
    ['epoch/train-loss', 2, 998, 1.5],
    ['epoch/train-accuracy', 2, 998, 0.75],
  ]);
});

test('a probe has its histograms at its own step, those of weights before it; then come the weights at the end', () => {
  const [weights, seen, [tag, step, wallTime, rows] = [], ...others] = shown('histograms');
  expect(weights).toEqual(['weights/conv1/kernel', 0, 990, [[1, 1, 3]]]);
  expect(seen).toEqual([
    'activations/conv1',
    1,
    993,
    [
      [0, 1, 1],
      [1, 2, 3],
    ],
  ]);
  expect([tag, step, wallTime, others]).toEqual(['weights/dense/kernel', 3, 998, []]);
  const buckets = rows as [left: number, right: number, count: number][];
  expect([buckets[0]?.[0], buckets.at(-1)?.[1]]).toEqual([-1, 2]);
  expect(buckets.map(([, , count]) => count)).toEqual(
    Array.from({ length: 30 }, (_, at) => ({ 0: 1, 15: 2, 29: 1 })[at] ?? 0),
  );
});

test('images of analyses, at the end', () => {
  expect(shown('images')).toEqual([
    [
      'confusion-matrix',
      3,
      998,
      [
        {
          mode: 'L',
          pixels: [
            [191, 64, 0],
            [0, 0, 0],
            [0, 0, 255],
          ],
        },
      ],
    ],
    ['most-wrong', 3, 998, [{ mode: 'L', pixels: [[7, 8]] }]],
    ['feature-maps/images', 3, 998, [{ mode: 'RGB', pixels: [[1, 2, 3, 4, 5, 6]] }]],
    ['feature-maps/conv1/image-5', 3, 998, [{ mode: 'L', pixels: [[0, 255, 0, 9, 9]] }]],
    ['first-layer-kernels/conv1', 3, 998, [{ mode: 'RGB', pixels: [[250, 120, 10, 0, 0, 0, 1, 1, 1]] }]],
    [
      'effective-receptive-field/conv2',
      3,
      998,
      [
        {
          mode: 'L',
          pixels: [
            [0, 64],
            [128, 255],
          ],
        },
      ],
    ],
  ]);
});

const shown = (wanted: string) =>
  fixture.events.flatMap(({ plugin, tag, step, wallTime, value }) =>
    plugin === wanted ? [[tag, step, wallTime, value]] : [],
  );

test.each([
  ['123456789', 0xe3069283],
  ['', 0],
])('the checksum of "%s" is that of RFC 3720', (text, expected) => {
  expect(crc32c(new TextEncoder().encode(text))).toBe(expected);
});
