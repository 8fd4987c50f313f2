import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { calibration, rocReport } from '@ablate/analysis/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runStudy, type StudyEvent, type StudyOutcome } from '../src/node/index.ts';
import { type Environment, planStudy, readStudy, runResultSchema } from '../src/schema/index.ts';

/* Every analysis: asked for at once, and added to runs that are done. Both leave the same files. */

const STUDY = `spec: 1
dataset: { name: shapes, size: { train: 96, test: 96 }, split: { validation: 0.25 } }
training: { epochs: 2, batchSize: 24 }
variants:
  dense: { architecture: { name: mlp, units: [8] } }
  conv:
    architecture:
      layers:
        - conv2d: { filters: 4, kernelSize: 3, strides: 2, padding: same, activation: relu }
        - conv2d: { filters: 6, kernelSize: 3, padding: same, activation: relu }
        - globalAveragePooling2d
        - dense: { units: $classes }
analysis: [parameters]
`;
const ALL = `[parameters, receptive-field, learning-curves, confusion-matrix, roc, precision-recall, { calibration: { bins: 10 } },
  { most-wrong: { count: 3 } }, { feature-maps: { images: [7, 2], layers: [conv2d_2], channels: 5 } }, first-layer-kernels,
  { effective-receptive-field: { images: 8 } }]`;
const HERE: Environment = { versions: { code: 'as-it-was', tfjs: '4.22.0' }, auto: 'wasm', workers: 1 };
const RUNS = ['dense/seed-1', 'conv/seed-1'];

const out = mkdtempSync(join(tmpdir(), 'ablate-analyses-'));
let atOnce: StudyOutcome;
beforeAll(async () => {
  atOnce = (await run(STUDY.replace('[parameters]', ALL), 'at-once')).outcome;
}, 60_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

test('analyses that are added train nothing, keep the weights, and are those of a run that was asked at once', async () => {
  const { outcome: before } = await run(STUDY, 'later');
  const hashes = RUNS.map((id) => hashOf(before, id));
  // As a run of a version that did not keep them.
  rmSync(join(before.folder, 'conv/seed-1/probabilities.f32'));
  const { outcome, started, added } = await run(STUDY.replace('[parameters]', ALL), 'later');
  expect(started).toEqual([]);
  expect(added.map((names) => names.length)).toEqual([10, 10]);
  expect(RUNS.map((id) => hashOf(outcome, id))).toEqual(hashes);
  for (const id of RUNS) {
    const [one, other] = [join(atOnce.folder, id), join(outcome.folder, id)];
    expect(filesBelow(join(other, 'analysis'))).toEqual(filesBelow(join(one, 'analysis')));
    for (const file of [...filesBelow(join(one, 'analysis')).map((name) => `analysis/${name}`), 'probabilities.f32']) {
      expect([file, readFileSync(join(other, file)).equals(readFileSync(join(one, file)))]).toEqual([file, true]);
    }
    expect(read(other, 'run.json')).toEqual(read(one, 'run.json'));
  }
  expect(outcome.comparison).toEqual(atOnce.comparison && withoutTimes(atOnce, outcome));
}, 120_000);

test('what the analyses of probabilities say follows from the two files of predictions', () => {
  const folder = join(atOnce.folder, 'conv/seed-1');
  const { labels, classNames, predictions } = read(folder, 'predictions.json') as {
    labels: number[];
    classNames: string[];
    predictions: number[];
  };
  const bytes = readFileSync(join(folder, 'probabilities.f32'));
  const probabilities = new Float32Array(new Uint8Array(bytes).buffer);
  const classes = classNames.length;
  expect(probabilities).toHaveLength(labels.length * classes);
  for (const [i, prediction] of predictions.entries()) {
    const row = probabilities.subarray(i * classes, (i + 1) * classes);
    expect(row[prediction]).toBe(Math.max(...row));
  }
  const { metrics } = runResultSchema.parse(read(folder, 'run.json'));
  const scores = { labels, probabilities, classes };
  expect(metrics?.macroAuc).toBe(rocReport(scores).macroAuc);
  expect(metrics?.expectedCalibrationError).toBe(calibration(scores, { bins: 10 }).expectedError);
  expect(atOnce.comparison?.variants[1]?.macroAuc?.mean).toBe(metrics?.macroAuc);
  const { examples } = read(folder, 'analysis/most-wrong.json') as {
    examples: { index: number; label: number; prediction: number; image: { pixels: string } }[];
  };
  expect(examples).toHaveLength(3);
  for (const { index, label, prediction, image } of examples) {
    expect([label, prediction]).toEqual([labels[index], predictions[index]]);
    expect(Buffer.from(image.pixels, 'base64')).toHaveLength(28 * 28);
  }
});

test('maps, kernels and the effective field of the convolutional network; the other says why it has none', () => {
  const [dense, conv] = RUNS.map((id) => join(atOnce.folder, id, 'analysis'));
  const maps = read(conv ?? '', 'feature-maps.json') as {
    images: { index: number }[];
    layers: { layer: string; channels: number; images: { height: number; pixels: string }[][] }[];
  };
  expect(maps.images.map(({ index }) => index)).toEqual([7, 2]);
  expect(
    maps.layers.map(({ layer, channels, images }) => [layer, channels, images.map((tiles) => tiles.length)]),
  ).toEqual([['conv2d_2', 6, [5, 5]]]);
  expect(Buffer.from(maps.layers[0]?.images[0]?.[0]?.pixels ?? '', 'base64')).toHaveLength(14 * 14);
  expect(read(conv ?? '', 'first-layer-kernels.json')).toMatchObject({
    layer: 'conv2d_1',
    kernelSize: [3, 3],
    filters: 4,
  });
  const field = read(conv ?? '', 'effective-receptive-field.json') as { map: number[]; layer: string };
  expect(field.layer).toBe('conv2d_2');
  // 7 pixels are seen in theory: 3, then 3 of stride 2.
  const seen = field.map.flatMap((value, place) => (value > 0 ? [Math.floor(place / 28)] : []));
  expect(Math.max(...seen) - Math.min(...seen)).toBeLessThan(7);
  for (const name of ['feature-maps', 'first-layer-kernels', 'effective-receptive-field']) {
    expect(read(dense ?? '', `${name}.json`)).toHaveProperty('notApplicable');
  }
  expect(existsSync(join(dense ?? '', 'timing.json'))).toBe(false);
  const pictures = (analysis = '') => filesBelow(analysis).filter((file) => file.endsWith('.png'));
  expect(pictures(dense)).toEqual(['confusion-matrix.png', 'most-wrong.png']);
  expect(pictures(conv)).toEqual([
    'confusion-matrix.png',
    'effective-receptive-field/conv2d_2.png',
    'feature-maps/conv2d_2/image-2.png',
    'feature-maps/conv2d_2/image-7.png',
    'feature-maps/images.png',
    'first-layer-kernels/conv2d_1.png',
    'most-wrong.png',
  ]);
});

/** The comparison, with the times of another study. */
function withoutTimes({ comparison }: StudyOutcome, { comparison: other }: StudyOutcome): StudyOutcome['comparison'] {
  if (comparison === null) return null;
  return {
    ...comparison,
    variants: comparison.variants.map((variant, index) => {
      const { trainSeconds, examplesPerSecond } = other?.variants[index] ?? {};
      return { ...variant, ...(trainSeconds && { trainSeconds }), ...(examplesPerSecond && { examplesPerSecond }) };
    }),
  };
}

async function run(
  text: string,
  place: string,
): Promise<{ outcome: StudyOutcome; started: string[]; added: string[][] }> {
  const study = readStudy({ file: 'shapes.yaml', text });
  expect(study.problems).toEqual([]);
  const events: StudyEvent[] = [];
  const onEvent = (event: StudyEvent) => void events.push(event);
  const outcome = await runStudy(planStudy(study), { out: join(out, place), environment: HERE, onEvent });
  expect(outcome.failed).toEqual([]);
  return {
    outcome,
    started: events.flatMap((event) => (event.type === 'run-start' ? event.run.id : [])),
    added: events.flatMap((event) => (event.type === 'run-reused' ? [event.added] : [])),
  };
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => relative(folder, join(parentPath, name))).sort();
}

function hashOf({ folder }: StudyOutcome, id: string): string | undefined {
  return runResultSchema.parse(read(folder, id, 'run.json')).weightHash;
}

function read(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(...path), 'utf8'));
}
