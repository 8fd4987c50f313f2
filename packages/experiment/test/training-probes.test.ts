import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ActivationRecord, Finding, GradientFlow, Histogram, WeightFlow } from '@ablate/analysis/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRunState, runStudy } from '../src/node/index.ts';
import { type Environment, formatDifference, planStudy, readStudy, runResultSchema } from '../src/schema/index.ts';

/* Analyses that are recorded while a run trains. Six steps of a network whose first layer hardly gets a gradient. */

const STUDY = `spec: 1
title: Deep and narrow
dataset: { name: shapes, size: { train: 96, test: 96 } }
workers: 2
training: { epochs: 2, batchSize: 32 }
variants:
  deep:
    architecture:
      layers:
        - flatten
        - dense: { units: 8, activation: sigmoid, name: first }
        - dense: { units: 8, activation: sigmoid }
        - dense: { units: 8, activation: sigmoid }
        - dense: { units: 8, activation: sigmoid }
        - dense: { units: 8, activation: sigmoid }
        - dense: { units: 8, activation: sigmoid }
        - dense: { units: $classes }
analysis: [parameters]
`;
const RECORDED = STUDY.replace('[parameters]', '[parameters, { gradient-flow: { everySteps: 4 } }, doctor]');
const HERE: Environment = { versions: { code: 'as-it-was', tfjs: '4.22.0' }, auto: 'wasm', workers: 2 };

const out = mkdtempSync(join(tmpdir(), 'ablate-probes-'));
const folder = join(out, 'deep/deep/seed-1');
let plain: string | undefined;
beforeAll(async () => {
  await run(STUDY);
  plain = runOf().weightHash;
}, 60_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

test('asking for one trains again, says why, and reaches the same weights', async () => {
  expect(differencesOf(RECORDED)).toEqual([
    'analysis.gradient-flow: added, { everySteps: 4 }',
    'analysis.doctor: added, { everySteps: 100 }',
  ]);
  const { started, notices, noted } = await run(RECORDED);
  expect(started).toEqual([
    'analysis.gradient-flow: added, { everySteps: 4 }; analysis.doctor: added, { everySteps: 100 }',
  ]);
  expect(runOf().weightHash).toBe(plain);
  expect(notices).toEqual([
    expect.stringMatching(/^doctor: vanishing-gradient in \S+\/kernel since step 1: .* \(threshold 0\.001\)$/),
    expect.stringMatching(/^doctor: not-learning since step 1: /),
  ]);
  // The comparison keeps them, also where nothing is trained.
  expect(noted).toEqual(notices);
  const again = await run(RECORDED);
  expect([again.started, again.noted]).toEqual([[], notices]);
}, 60_000);

test('gradients of every weight at the first and every fourth step, from the input to the output', () => {
  const flows = read('gradient-flow') as GradientFlow[];
  expect(flows.map(({ step }) => step)).toEqual([1, 4]);
  const [first] = flows;
  expect(first?.weights).toHaveLength(14);
  expect(first?.weights[0]?.weight).toBe('first/kernel');
  const [input, output] = [first?.weights[0], first?.weights[12]];
  // Each sigmoid passes on at most a quarter.
  expect((input?.meanAbs ?? 1) / (output?.meanAbs ?? 1)).toBeLessThan(0.25 ** 4);
  // The first update of Adam is the learning rate in every element whose gradient is not near 0.
  expect(output?.updateRatio).toBeGreaterThan(0);
  const shares = flows.map(({ weights }) => rms(weights[0]) / rms(weights[12])).sort((a, b) => a - b);
  expect(runOf().metrics?.gradientRatio).toBeCloseTo(((shares[0] ?? 0) + (shares[1] ?? 0)) / 2, 12);
});

test('the doctor brings the activations that it needs, and keeps its thresholds', () => {
  const { findings, thresholds } = read('doctor') as { findings: Finding[]; thresholds: { vanishing: number } };
  expect(findings.map(({ pathology }) => pathology)).toEqual(['vanishing-gradient', 'not-learning']);
  expect(thresholds.vanishing).toBe(1e-3);
});

test('activations: bounded ones with their saturation, each replica looking at its own examples; histograms where asked for', async () => {
  const wanted = '{ activations: { everySteps: 6, histograms: true } }, { gradient-flow: { histograms: true } }';
  await run(STUDY.replace('[parameters]', `[${wanted}]`));
  const records = read('activations') as ActivationRecord[];
  expect(records.map(({ step, examples }) => [step, examples])).toEqual([
    [1, 16],
    [6, 16],
  ]);
  const layers = records[0]?.layers ?? [];
  // Not of `flatten`, whose corners are always 0.
  expect(layers.map(({ layer }) => layer)).toHaveLength(7);
  expect(layers[0]).toMatchObject({ layer: 'first', nonFinite: 0, deadUnits: 0 });
  expect(layers[0]?.saturated).toBeGreaterThanOrEqual(0);
  expect(layers.at(-1)?.saturated).toBeNull();
  expect(runOf().weightHash).toBe(plain);
  // Histograms hold every value: 8 units for each of 16 examples; every weight of a kernel.
  const counted = (of?: Histogram | null) => of?.counts.reduce((sum, count) => sum + count, 0);
  expect(counted(layers[0]?.histogram)).toBe(16 * 8);
  const [kernel] = (read('gradient-flow') as GradientFlow[])[0]?.weights ?? [];
  expect([counted(kernel?.histograms?.gradient), counted(kernel?.histograms?.weight)]).toEqual([
    kernel?.size,
    kernel?.size,
  ]);
}, 60_000);

test('a run that no longer reaches the weights that it reached says so', async () => {
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...runOf(), weightHash: 'f00d' }));
  const { notices } = await run(RECORDED);
  expect(notices).toContainEqual(
    expect.stringContaining(`reached other weights than before (${plain} instead of f00d)`),
  );
}, 60_000);

const rms = (flow: WeightFlow | undefined) => (flow?.norm ?? Number.NaN) / Math.sqrt(flow?.size ?? 1);

const planOf = (text: string) => {
  const study = readStudy({ file: 'deep.yaml', text, readFile: () => '' });
  expect(study.problems).toEqual([]);
  return planStudy(study);
};

async function run(text: string): Promise<{ started: (string | undefined)[]; notices: string[]; noted: string[] }> {
  const started: (string | undefined)[] = [];
  const notices: string[] = [];
  const outcome = await runStudy(planOf(text), {
    out,
    environment: HERE,
    onEvent(event) {
      if (event.type === 'run-start') started.push(event.again);
      if (event.type === 'run-message' && event.message.type === 'notice') notices.push(event.message.text);
    },
  });
  expect(outcome).toMatchObject({ done: 1, failed: [] });
  const noted = outcome.comparison?.variants[0]?.notes?.map(({ note }) => note) ?? [];
  return { started, notices, noted };
}

function differencesOf(text: string): string[] {
  return planOf(text).runs.flatMap(({ config }) =>
    readRunState(folder, config, HERE).differences.map(formatDifference),
  );
}

const runOf = () => runResultSchema.parse(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')));
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, 'analysis', `${name}.json`), 'utf8'));
