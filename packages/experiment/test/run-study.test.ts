import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runStudy, type StudyEvent, type StudyOutcome } from '../src/node/index.ts';
import {
  comparisonSchema,
  type Plan,
  planStudy,
  readStudy,
  runResultSchema,
  timingsSchema,
} from '../src/schema/index.ts';

const STUDY = `
spec: 1
title: Dense against convolution on drawn shapes
dataset: { name: shapes, size: { train: 192, test: 192 }, split: { validation: 0.25 } }
training: { epochs: 2, batchSize: 32, optimizer: { name: adam, learningRate: 0.002 } }
seeds: [3, 4]
workers: 1
variants:
  dense: { architecture: { name: mlp, units: [16], batchNorm: true, dropout: 0.25 } }
  conv:
    architecture:
      layers:
        - conv2d: { filters: 4, kernelSize: 3, strides: 2, padding: same, activation: relu }
        - residual: { main: [conv2d: { filters: 4, kernelSize: 3, padding: same }] }
        - globalAveragePooling2d
        - dropout: { rate: 0.1 }
        - dense: { units: $classes }
analysis: [parameters, receptive-field, learning-curves, confusion-matrix, timing]
`;

const out = mkdtempSync(join(tmpdir(), 'ablate-run-study-'));
const plan = planOf(STUDY);
let first: StudyOutcome;
const events: StudyEvent[] = [];

beforeAll(async () => {
  first = await runStudy(plan, { out: join(out, 'first'), onEvent: (event) => events.push(event) });
}, 120_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

test('every run is done and leaves its files, which follow their schemas', () => {
  expect(first).toMatchObject({ done: 4, failed: [], stopped: false });
  for (const id of ['dense/seed-3', 'dense/seed-4', 'conv/seed-3', 'conv/seed-4']) {
    const folder = join(first.folder, id);
    expect(readdirSync(folder).sort()).toEqual([
      'analysis',
      'metrics.csv',
      'metrics.jsonl',
      'model',
      'predictions.json',
      'probabilities.f32',
      'run.json',
      'timings.json',
      'timings.jsonl',
    ]);
    expect(runResultSchema.parse(read(folder, 'run.json')).status).toBe('done');
    expect(timingsSchema.parse(read(folder, 'timings.json')).inference?.batchSize).toBe(64);
    const matrix = read(folder, 'analysis/confusion-matrix.json') as { matrix: number[][] };
    const run = runResultSchema.parse(read(folder, 'run.json'));
    const hits = matrix.matrix.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
    const all = matrix.matrix.flat().reduce((a, b) => a + b, 0);
    expect(hits / all).toBeCloseTo(run.metrics?.testAccuracy ?? -1, 10);
  }
});

test('the comparison has each variant with the mean over its seeds', () => {
  const comparison = comparisonSchema.parse(read(first.folder, 'comparison.json'));
  expect(comparison.variants.map(({ name, seeds }) => [name, seeds])).toEqual([
    ['dense', [3, 4]],
    ['conv', [3, 4]],
  ]);
  const [a, b] = ['dense/seed-3', 'dense/seed-4'].map(
    (id) => runResultSchema.parse(read(join(first.folder, id), 'run.json')).metrics?.testAccuracy ?? Number.NaN,
  );
  expect(comparison.variants[0]?.testAccuracy?.mean).toBeCloseTo((a! + b!) / 2, 12);
});

test('what happens is told in order: start, epochs, done', () => {
  const told = events
    .filter((event) => event.type !== 'study-start')
    .filter((event) => event.run.id === 'conv/seed-4')
    .map((event) => (event.type === 'run-message' ? event.message : event))
    .map((event) => (event.type === 'event' ? event.event.type : event.type))
    .filter((type) => type !== 'phase' && type !== 'step' && type !== 'timing');
  expect(told).toEqual(['run-start', 'start', 'epoch', 'epoch', 'end', 'done', 'run-end']);
});

test('the same study again gives the same weights and metrics, to the bit; another seed does not', async () => {
  // One run of each variant.
  const again = { ...plan, runs: plan.runs.filter(({ seed }) => seed === 3) };
  const second = await runStudy(again, { out: join(out, 'second') });
  for (const run of again.runs) {
    const [one, two] = [join(first.folder, run.id), join(second.folder, run.id)];
    expect(readFileSync(join(two, 'metrics.jsonl'), 'utf8')).toBe(readFileSync(join(one, 'metrics.jsonl'), 'utf8'));
    expect(read(two, 'run.json')).toEqual(read(one, 'run.json'));
    expect(readFileSync(join(two, 'model/weights.bin')).equals(readFileSync(join(one, 'model/weights.bin')))).toBe(
      true,
    );
  }
  const hashes = plan.runs.map((run) => runResultSchema.parse(read(join(first.folder, run.id), 'run.json')).weightHash);
  expect(new Set(hashes).size).toBe(4);
}, 120_000);

test('two replicas: the same bits twice, and at first the loss of one', async () => {
  const two: Plan = structuredClone(plan);
  two.runs = two.runs.slice(0, 1);
  for (const run of two.runs) run.config.workers = 2;
  const [one, again] = [
    await runStudy(two, { out: join(out, 'two') }),
    await runStudy(two, { out: join(out, 'again') }),
  ];
  const file = (study: StudyOutcome, name: string) => readFileSync(join(study.folder, 'dense/seed-3', name));
  expect(file(again, 'model/weights.bin').equals(file(one, 'model/weights.bin'))).toBe(true);
  // Same weights, order and masks; later steps part, as rounding is another.
  const [shared, alone] = [one, first].map((study) => firstLoss(file(study, 'metrics.jsonl').toString()));
  expect(Math.abs(shared! - alone!)).toBeLessThan(3e-5);
}, 120_000);

test('a run that fails is reported with its error and does not stop the others', async () => {
  const broken: Plan = structuredClone(plan);
  broken.runs = broken.runs.slice(0, 2);
  // Runs of a variant share its graph: only the first gets the broken one.
  const run = broken.runs[0]!;
  run.config.graph = structuredClone(run.config.graph);
  run.config.graph.nodes[0]!.layer = 'no-such-layer';
  const outcome = await runStudy(broken, { out: join(out, 'broken') });
  expect(outcome).toMatchObject({ done: 1, stopped: false, failed: [{ run: 'dense/seed-3' }] });
  expect(outcome.failed[0]?.error).toContain('no-such-layer');
  expect(read(join(outcome.folder, 'dense/seed-3'), 'failure.json')).toMatchObject({ variant: 'dense' });
  expect(existsSync(join(outcome.folder, 'dense/seed-3/run.json'))).toBe(false);
}, 120_000);

test('a study that is stopped saves the run in progress and starts no other', async () => {
  const controller = new AbortController();
  const long: Plan = structuredClone(plan);
  for (const run of long.runs) run.config.training.epochs = 10_000;
  const outcome = await runStudy(long, {
    out: join(out, 'stopped'),
    signal: controller.signal,
    onEvent(event) {
      if (event.type === 'run-message' && event.message.type === 'event' && event.message.event.type === 'epoch') {
        controller.abort();
      }
    },
  });
  expect(outcome).toMatchObject({ done: 0, failed: [], stopped: true, comparison: null });
  expect(runResultSchema.parse(read(join(outcome.folder, 'dense/seed-3'), 'run.json')).status).toBe('stopped');
  expect(existsSync(join(outcome.folder, 'dense/seed-3/model/model.json'))).toBe(true);
  expect(existsSync(join(outcome.folder, 'dense/seed-4'))).toBe(false);
}, 120_000);

function firstLoss(lines: string): number {
  const events = lines
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { type: string; loss: number }]));
  return events.find(({ type }) => type === 'step')!.loss;
}

function planOf(text: string): Plan {
  const study = readStudy({ file: 'shapes.yaml', text });
  expect(study.problems).toEqual([]);
  return planStudy(study, {});
}

function read(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}

test('a folder that cannot be written is refused before anything is trained, with what to do', async () => {
  const file = join(out, 'a-file');
  writeFileSync(file, '');
  await expect(runStudy(plan, { out: file })).rejects.toThrow(
    /^results can't be written to ".*a-file.shapes": ENOTDIR.*\. Choose another folder with --out\.$/,
  );
});
