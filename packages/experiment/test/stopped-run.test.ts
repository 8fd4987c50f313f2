import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type RunStudyOptions, runStudy } from '../src/node/index.ts';
import { planStudy, readStudy, runResultSchema, timingsSchema } from '../src/schema/index.ts';

/* A run that was stopped, or that broke down, and what the same study does about it when it is run again. */

const STUDY = `
spec: 1
title: Stopped
dataset: { name: shapes, size: { train: 256, test: 256 } }
training: { epochs: 60, batchSize: 16, optimizer: { name: adam, learningRate: 0.002 } }
workers: 1
variants:
  dense: { architecture: { name: mlp, units: [16], batchNorm: true, dropout: 0.25 } }
analysis: [confusion-matrix]
`;

const out = mkdtempSync(join(tmpdir(), 'ablate-stopped-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));
const folder = (name: string) => join(out, name, 'stopped/dense/seed-1');
const read = (name: string, file: string) => readFileSync(join(folder(name), file));

/** Runs the study; says where it went on, and stops it after an epoch where that is asked for. */
async function run(
  name: string,
  { stopAfter = 0, ...options }: Partial<RunStudyOptions> & { stopAfter?: number } = {},
  text = STUDY,
) {
  const study = readStudy({ file: 'stopped.yaml', text });
  expect(study.problems).toEqual([]);
  const stopping = new AbortController();
  const resumedAt: (number | undefined)[] = [];
  const outcome = await runStudy(planStudy(study), {
    ...options,
    out: join(out, name),
    signal: stopping.signal,
    onEvent(event) {
      if (event.type !== 'run-message' || event.message.type !== 'event') return;
      const said = event.message.event;
      if (said.type === 'start') resumedAt.push(said.resumedAt);
      if (said.type === 'epoch' && said.epoch === stopAfter) stopping.abort();
    },
  });
  return { outcome, resumedAt };
}

test('a run that was stopped goes on when its study is run again, and ends as if it had not been', async () => {
  await run('whole');
  const stopped = await run('broken', { stopAfter: 2 });
  expect(stopped.outcome).toMatchObject({ done: 0, stopped: true, failed: [] });
  expect(runResultSchema.parse(JSON.parse(read('broken', 'run.json').toString())).status).toBe('stopped');
  expect(readdirSync(join(folder('broken'), 'checkpoint'))).toEqual(['last.ckpt']);
  const { outcome, resumedAt } = await run('broken');
  expect(outcome).toMatchObject({ done: 1, stopped: false, failed: [] });
  // Sixteen steps an epoch; it may have taken more before it heard.
  expect(resumedAt).toHaveLength(1);
  expect(resumedAt[0]).toBeGreaterThanOrEqual(32);
  for (const file of [
    'run.json',
    'metrics.jsonl',
    'model/weights.bin',
    'predictions.json',
    'analysis/confusion-matrix.json',
  ]) {
    expect([file, read('broken', file).toString('hex')]).toEqual([file, read('whole', file).toString('hex')]);
  }
  expect(readdirSync(folder('broken')).sort()).toEqual(readdirSync(folder('whole')).sort());
  const lines = read('broken', 'timings.jsonl').toString().trim().split('\n');
  const seconds = lines.map((line) => (JSON.parse(line) as { trainSeconds: number }).trainSeconds);
  expect(seconds).toHaveLength(60);
  const { trainSeconds } = timingsSchema.parse(JSON.parse(read('broken', 'timings.json').toString()));
  expect(trainSeconds).toBeCloseTo(
    seconds.reduce((a, b) => a + b, 0),
    9,
  );
}, 120_000);

test('a run that breaks down says where, and which checkpoint is left', async () => {
  const text = STUDY.replace('adam, learningRate: 0.002', 'sgd, learningRate: 1.0e+20').replace(
    'batchNorm: true, ',
    '',
  );
  const everyStep = { checkpoints: { everySteps: 1 } };
  const { outcome, resumedAt } = await run('exploded', everyStep, text);
  expect(outcome.failed[0]?.error).toMatch(
    /^fit: (the loss must stay finite; it became (NaN|Infinity) in epoch 1, step \d\. First to be not finite was (the output of layer|weight) "\w+[^"]*"|weights must stay finite; .*)\. The last good checkpoint is of step \d\. Use a smaller learning rate/,
  );
  expect(existsSync(join(folder('exploded'), 'checkpoint/last.ckpt'))).toBe(true);
  // The same again from there; with force, from the start.
  const again = await run('exploded', everyStep, text);
  const forced = await run('exploded', { ...everyStep, force: true }, text);
  expect([resumedAt, again.resumedAt, forced.resumedAt]).toEqual([[undefined], [expect.any(Number)], [undefined]]);
  for (const { outcome: same } of [again, forced]) expect(same.failed).toEqual(outcome.failed);
}, 120_000);
