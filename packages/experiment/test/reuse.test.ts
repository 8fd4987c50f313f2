import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRunState, runStudy, type StudyEvent, type StudyOutcome } from '../src/node/index.ts';
import {
  type Environment,
  formatDifference,
  type Plan,
  planStudy,
  readStudy,
  runResultSchema,
  timingsSchema,
} from '../src/schema/index.ts';

/* What is run again, and what is not. The two networks are tiny; every case starts from the same finished study. */

const STUDY = `spec: 1
title: Widths
dataset: { name: shapes, size: { train: 64, test: 64 } }
training: { epochs: 1, batchSize: 32 }
variants:
  small:
    architecture: { name: mlp, units: [4] }
  large:
    architecture: { name: mlp, units: [8] }
analysis: [parameters]
`;
const HERE: Environment = { versions: { code: 'as-it-was', tfjs: '4.22.0' }, auto: 'wasm', workers: 1 };

const out = mkdtempSync(join(tmpdir(), 'ablate-reuse-'));
let first: StudyOutcome;
beforeAll(async () => {
  first = (await run(STUDY)).outcome;
}, 60_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

test('the study again: nothing is trained, and the comparison has both', async () => {
  expect(first).toMatchObject({ done: 2, reused: 0 });
  const { outcome, started, reused } = await run(STUDY.replace('Widths', 'Two widths'));
  expect(started).toEqual([]);
  expect(reused).toEqual(['small/seed-1: ', 'large/seed-1: ']);
  expect(outcome).toMatchObject({ done: 2, reused: 2, failed: [] });
  expect(outcome.comparison?.variants.map(({ runs }) => runs.done)).toEqual([1, 1]);
});

test.each<[string, string]>([
  ['a comment and an empty line', STUDY.replace('variants:', '\n# two widths\nvariants:')],
  ['the order of keys', STUDY.replace('{ epochs: 1, batchSize: 32 }', '{ batchSize: 32, epochs: 1 }')],
  ['an anchor', STUDY.replace('units: [4]', 'units: &narrow [4]')],
  ['titles', STUDY.replace('Widths', 'Two widths').replace('  small:', '  small:\n    title: the small one')],
  ['a default written out', STUDY.replace('epochs: 1', 'epochs: 1, optimizer: { name: adam }')],
  [
    'a part moved to the study',
    STUDY.replace('variants:', 'architecture: { name: mlp, units: [4] }\nvariants:').replace(
      '  small:\n    architecture: { name: mlp, units: [4] }',
      '  small: {}',
    ),
  ],
  ['a variable', STUDY.replace('units: [4]', 'units: [$w]').replace('variants:', 'variables: { w: 4 }\nvariants:')],
  ['another order of variants', STUDY.replace(/( {2}small[^]*)( {2}large[^]*)(?=analysis)/, '$2$1')],
  ['the backend that auto stands for, by its name', STUDY.replace('title', 'backend: wasm\ntitle')],
  ['the number of workers that auto stands for', STUDY.replace('title', 'workers: 1\ntitle')],
  ['a claim', STUDY.replace('title', 'claims: [{ metric: testLoss, better: large, than: small }]\ntitle')],
])('not run again: %s', (_, text) => {
  expect(text).not.toBe(STUDY);
  expect(again(text)).toEqual([]);
});

test('not run again: a part moved to a base', () => {
  const moved = STUDY.replace(/dataset.*\ntraining.*\n/, 'extends: ./_base.yaml\n');
  const study = readStudy({
    file: 'widths.yaml',
    text: moved,
    readFile: () => STUDY.match(/dataset.*\ntraining.*\n/)![0],
  });
  expect(study.problems).toEqual([]);
  for (const { id, config } of planStudy(study).runs) {
    expect(readRunState(join(out, 'widths', id), config, HERE)).toMatchObject({ differences: [], missing: [] });
  }
});

test('not run again: an analysis more, which is named', () => {
  expect(again(STUDY.replace('[parameters]', '[parameters, timing]'))).toEqual([]);
  expect(missing(STUDY.replace('[parameters]', '[parameters, timing]'))).toEqual(['timing', 'timing']);
});

test.each<[string, string, Environment, string[]]>([
  [
    'one variant, its own part',
    STUDY.replace('units: [8]', 'units: [9]'),
    HERE,
    ['large: network.dense_1.units: 8 → 9'],
  ],
  [
    "one variant's rate",
    STUDY.replace(
      'units: [8] }',
      'units: [8] }\n    training: { optimizer: { name: adam, learningRate: 0.002 } }',
    ).replace('analysis', 'unfair: [training.optimizer]\nanalysis'),
    HERE,
    ['large: training.optimizer.learningRate: 0.001 → 0.002'],
  ],
  [
    'an option of the data',
    STUDY.replace('name: shapes', 'name: shapes, noise: 0.2'),
    HERE,
    ['small: dataset.noise: 0.1 → 0.2', 'large: dataset.noise: 0.1 → 0.2'],
  ],
  [
    'the code of a package that computes',
    STUDY,
    { ...HERE, versions: { ...HERE.versions, code: 'changed' } },
    ['small: versions.code: as-it-was → changed', 'large: versions.code: as-it-was → changed'],
  ],
  [
    'another backend',
    STUDY.replace('title', 'backend: cpu\ntitle'),
    HERE,
    ['small: backend: wasm → cpu', 'large: backend: wasm → cpu'],
  ],
  [
    'another number of workers',
    STUDY.replace('title', 'workers: 2\ntitle'),
    HERE,
    ['small: workers: 1 → 2', 'large: workers: 1 → 2'],
  ],
  [
    'a layer more',
    STUDY.replace('units: [4] }', 'units: [4], dropout: 0.5 }'),
    HERE,
    [
      'small: network.dense_2.inputs: [dense_1] → [dropout_1]',
      'small: network.dropout_1: added, { layer: dropout, rate: 0.5, inputs: [dense_1] }',
    ],
  ],
])('run again, with its reason: %s', (_, text, environment, reasons) => {
  expect(again(text, environment).sort()).toEqual([...reasons].sort());
});

test('a machine with more cores runs again only what has work for them', () => {
  expect(again(STUDY, { ...HERE, workers: 4 })).toEqual([]);
});

test('analyses are added without training: from files, and with the saved model', async () => {
  const before = [weights('small'), weights('large')];
  const text = STUDY.replace('[parameters]', '[parameters, learning-curves, confusion-matrix, timing]');
  const { started, reused } = await run(text);
  expect(started).toEqual([]);
  expect(reused).toEqual([
    'small/seed-1: learning-curves,confusion-matrix,timing',
    'large/seed-1: learning-curves,confusion-matrix,timing',
  ]);
  expect([weights('small'), weights('large')]).toEqual(before);
  const folder = join(out, 'widths/small/seed-1');
  const result = runResultSchema.parse(read(folder, 'run.json'));
  expect(result.config.analysis.map(({ name }) => name)).toContain('confusion-matrix');
  expect(timingsSchema.parse(read(folder, 'timings.json')).inference?.batchSize).toBe(64);
  const { matrix } = read(folder, 'analysis/confusion-matrix.json') as { matrix: number[][] };
  const hits = matrix.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
  expect(hits / matrix.flat().reduce((a, b) => a + b, 0)).toBeCloseTo(result.metrics?.testAccuracy ?? -1, 10);
  expect(read(folder, 'analysis/learning-curves.json')).toMatchObject({ epochs: [{ epoch: 1 }], gap: { epochs: [] } });
  expect(missing(text)).toEqual([]);
}, 120_000);

test('what is broken is trained again and says why: a model that does not load, a file that is not there', async () => {
  writeFileSync(join(out, 'widths/small/seed-1/model/weights.bin'), 'no weights');
  rmSync(join(out, 'widths/large/seed-1/predictions.json'));
  rmSync(join(out, 'widths/small/seed-1/timings.json'));
  writeFileSync(
    join(out, 'widths/small/seed-1/timings.json'),
    JSON.stringify({ version: 1, trainSeconds: 1, evaluateSeconds: 1, examplesPerSecond: 64 }),
  );
  const { started, outcome } = await run(STUDY.replace('[parameters]', '[timing]'));
  expect(started).toHaveLength(2);
  expect(started[0]).toContain("small/seed-1: timing needs its model, which can't be used: ");
  expect(started[1]).toBe('large/seed-1: undefined');
  expect(outcome).toMatchObject({ done: 2, reused: 0, failed: [] });
}, 120_000);

test('with force every run is trained', async () => {
  const text = STUDY.replace(/ {2}large[^]*(?=analysis)/, '');
  expect((await run(text)).reused).toHaveLength(1);
  const { outcome, started } = await run(text, true);
  expect(started).toEqual(['small/seed-1: undefined']);
  expect(outcome).toMatchObject({ done: 1, reused: 0 });
}, 120_000);

/** The runs that would be made again, each with what changed. */
function again(text: string, environment = HERE): string[] {
  return planOf(text).runs.flatMap(({ id, variant, config }) => {
    const { finished, differences } = readRunState(join(out, 'widths', id), config, environment);
    expect(finished).not.toBeNull();
    return differences.map((difference) => `${variant}: ${formatDifference(difference)}`);
  });
}

function missing(text: string): string[] {
  return planOf(text).runs.flatMap(({ id, config }) =>
    readRunState(join(out, 'widths', id), config, HERE).missing.map(({ name }) => name),
  );
}

function planOf(text: string): Plan {
  const study = readStudy({ file: 'widths.yaml', text });
  expect(study.problems).toEqual([]);
  return planStudy(study);
}

async function run(
  text: string,
  force = false,
): Promise<{ outcome: StudyOutcome; started: string[]; reused: string[] }> {
  const events: StudyEvent[] = [];
  const onEvent = (event: StudyEvent) => void events.push(event);
  const outcome = await runStudy(planOf(text), { out, environment: HERE, force, onEvent });
  return {
    outcome,
    started: events.flatMap((event) => (event.type === 'run-start' ? `${event.run.id}: ${event.again}` : [])),
    reused: events.flatMap((event) => (event.type === 'run-reused' ? `${event.run.id}: ${event.added.join()}` : [])),
  };
}

function weights(variant: string): string {
  return readFileSync(join(out, 'widths', variant, 'seed-1/model/weights.bin'), 'hex');
}

function read(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}
