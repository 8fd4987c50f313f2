import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planStudy, readStudy } from '../schema/index.ts';
import { saveCheckpoint } from './checkpoint-files.ts';
import { type PreparedFolder, prepareRunFolder } from './prepare-run-folder.ts';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'ablate-folder-'))));
afterEach(() => rmSync(root, { recursive: true }));

const STUDY = `spec: 1
title: Tiny
dataset: { name: shapes }
variants:
  a: { architecture: { name: mlp, units: [2] } }
`;
const { config } = planStudy(readStudy({ file: 'tiny.yaml', text: STUDY })).runs[0]!;
const versions = { code: 'c', tfjs: '4.22.0' };
const prepare = (
  folder: string,
  change: Partial<Parameters<typeof prepareRunFolder>[0]> = {},
): Promise<PreparedFolder> => prepareRunFolder({ folder, fingerprint: 'f', config, versions, ...change });

test('what a finished run left is kept beside the new folder: the latest one', async () => {
  const folder = join(root, 'cnn/seed-1');
  for (const content of ['first', 'second']) {
    expect(await prepare(folder)).toEqual({ resume: null, notices: [] });
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ status: 'done', content }));
  }
  await prepare(folder);
  expect(readFileSync(join(root, 'cnn/seed-1.previous/run.json'), 'utf8')).toContain('second');
});

test('an unfinished run is removed and does not push a finished one out', async () => {
  const folder = join(root, 'seed-1');
  mkdirSync(`${folder}.previous`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ status: 'stopped' }));
  await prepare(folder);
  expect(readdirSync(folder)).toEqual([]);
  expect(existsSync(`${folder}.previous`)).toBe(true);
});

describe('a run that was broken off', () => {
  const LINE = '{"type":"start","epochs":1,"stepsPerEpoch":9,"examples":9,"batchSize":1}\n';
  let folder: string;

  beforeEach(async () => {
    folder = join(root, 'seed-1');
    mkdirSync(join(folder, 'model'), { recursive: true });
    for (const name of ['run.json', 'failure.json', 'timings.json']) writeFileSync(join(folder, name), '{}');
    writeFileSync(join(folder, 'metrics.jsonl'), `${LINE}{"type":"st`);
    writeFileSync(join(folder, 'timings.jsonl'), '');
    await saveAt(5);
  });

  function saveAt(step: number, metrics = LINE.length): Promise<void> {
    const offsets = { 'metrics.jsonl': metrics, 'timings.jsonl': 0 };
    const notes = { fingerprint: 'f', config, versions, offsets, fusedMultiplyAdd: true };
    const snapshot = {
      seed: 1,
      stepsPerEpoch: 9,
      epochs: 0,
      seconds: 0,
      running: { loss: 1, correct: 2, seconds: 3 },
      weights: {},
      optimizer: { steps: step, slots: {} },
      reactions: {
        plateau: { factor: 1, best: null, badEpochs: 0, cooldown: 0 },
        earlyStopping: { best: null, wait: 0 },
      },
    };
    return saveCheckpoint(folder, { snapshot, notes });
  }

  test('goes on: its checkpoint and logs stay, and with them what it had said until then', async () => {
    const { resume, notices } = await prepare(folder);
    expect(notices).toEqual([]);
    expect(resume?.checkpoint.snapshot.optimizer.steps).toBe(5);
    expect(resume?.events).toEqual([JSON.parse(LINE)]);
    expect(readdirSync(folder).sort()).toEqual(['checkpoint', 'metrics.jsonl', 'timings.jsonl']);
  });

  test('goes on from the checkpoint before a damaged one, and says so', async () => {
    await saveAt(7);
    writeFileSync(join(folder, 'checkpoint/last.ckpt'), 'ABLATECP, more or less');
    const { resume, notices } = await prepare(folder);
    expect(resume?.checkpoint.snapshot.optimizer.steps).toBe(5);
    expect(notices).toEqual([expect.stringMatching(/^not used: last\.ckpt: checkpoint: /)]);
  });

  test.each<[string, () => unknown, Parameters<typeof prepare>[1], string[]]>([
    [
      'its training has changed',
      () => undefined,
      { fingerprint: 'g', config: { ...config, training: { ...config.training, epochs: 11 } } },
      ['starting anew: training.epochs: 10 → 11'],
    ],
    [
      'what computes has changed',
      () => undefined,
      { fingerprint: 'g', versions: { ...versions, code: 'd' } },
      ['starting anew: versions.code: c → d'],
    ],
    [
      'its metrics are shorter than its checkpoint says',
      () => writeFileSync(join(folder, 'metrics.jsonl'), '{}\n'),
      {},
      ['starting anew: its metrics.jsonl or timings.jsonl is not whole'],
    ],
    [
      'its metrics are other text',
      () => writeFileSync(join(folder, 'metrics.jsonl'), 'x'.repeat(LINE.length - 1).concat('\n')),
      {},
      ['starting anew: its metrics.jsonl or timings.jsonl is not whole'],
    ],
    [
      'no checkpoint is whole',
      () => writeFileSync(join(folder, 'checkpoint/last.ckpt'), ''),
      {},
      [
        'not used: last.ckpt: checkpoint: must start with "ABLATECP"; it is none, or was cut off.',
        'starting anew: no checkpoint is whole',
      ],
    ],
    [
      'gradients are to be recorded too',
      () => undefined,
      { config: { ...config, analysis: [...config.analysis, { name: 'gradient-flow', options: { everySteps: 5 } }] } },
      ['starting anew: other analyses are to be recorded from the first step'],
    ],
    ['it is told to', () => undefined, { anew: true }, []],
  ])('starts anew where %s', async (_, spoil, change, notices) => {
    spoil();
    expect(await prepare(folder, change)).toEqual({ resume: null, notices });
    expect(readdirSync(folder)).toEqual([]);
  });
});
