import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type RunStudyOptions,
  mergeStudy,
  readEnvironment,
  runStudy,
  type StudyEvent,
  type StudyOutcome,
} from '../src/node/index.ts';
import { type Comparison, type Plan, planStudy, readStudy } from '../src/schema/index.ts';

/* Many runs: at once, in parts, until one fails. */

const study = readStudy({
  file: 'sweep.yaml',
  text: `spec: 1
title: A sweep
dataset: { name: shapes, size: { train: 64, test: 64 } }
training: { epochs: 2, batchSize: 32 }
workers: 1
seeds: [1, 2, 3]
variants:
  small: { architecture: { name: mlp, units: [4], dropout: 0.25 } }
`,
});
const out = mkdtempSync(join(tmpdir(), 'ablate-sweeps-'));
const events: StudyEvent[] = [];
let alone: StudyOutcome;
beforeAll(async () => {
  alone = await run('alone', planStudy(study), { onEvent: (event) => events.push(event) });
}, 60_000);
afterAll(() => rmSync(out, { recursive: true, force: true }));

const FILES = ['run.json', 'metrics.jsonl', 'predictions.json', 'model/weights.bin'];

test('runs that go on at once leave the same bits as one after the other', async () => {
  expect(mostAtOnce(events)).toBe(1);
  events.length = 0;
  const onEvent = (event: StudyEvent) => void events.push(event);
  const together = await run('together', planStudy(study), { parallel: 3, onEvent });
  expect(events[0]).toEqual({ type: 'study-start', atOnce: 3, notices: [] });
  expect(mostAtOnce(events)).toBe(3);
  expect(together).toMatchObject({ done: 3, failed: [], left: [], stopped: false });
  for (const { id } of planStudy(study).runs) {
    for (const file of FILES) {
      expect(readFileSync(join(together.folder, id, file)).equals(readFileSync(join(alone.folder, id, file)))).toBe(
        true,
      );
    }
  }
  const timings = JSON.parse(readFileSync(join(together.folder, 'small/seed-1/timings.json'), 'utf8'));
  expect(timings).toMatchObject({ runsAtOnce: 3 });
  expect(together.comparison?.variants[0]).toMatchObject({
    runsAtOnce: 3,
    testAccuracy: alone.comparison?.variants[0]?.testAccuracy,
  });
  expect(alone.comparison?.variants[0]).not.toHaveProperty('runsAtOnce');
}, 120_000);

test('after a failure the others go on, or with failFast are left; those in progress are saved', async () => {
  const plan = structuredClone(planStudy(study));
  const [first, second] = plan.runs as [Plan['runs'][number], Plan['runs'][number]];
  first.config.graph = structuredClone(first.config.graph);
  first.config.graph.nodes[0]!.layer = 'no-such-layer';
  second.config.training = { ...second.config.training, epochs: 10_000 };
  const outcome = await run('fail-fast', plan, { failFast: true, parallel: 2 });
  expect(outcome).toMatchObject({
    done: 0,
    failed: [{ run: 'small/seed-1', error: expect.stringContaining('no-such-layer') as string }],
    left: ['small/seed-2', 'small/seed-3'],
    stopped: false,
  });
  expect(existsSync(join(outcome.folder, 'small/seed-3'))).toBe(false);
  const stopped = JSON.parse(readFileSync(join(outcome.folder, 'small/seed-2/run.json'), 'utf8'));
  expect(stopped).toMatchObject({ status: 'stopped' });
}, 120_000);

test('a second study on the same folder is refused while the first goes on, and changes nothing', async () => {
  const plan = { ...planStudy(study), runs: planStudy(study).runs.slice(0, 2) };
  let refused: unknown;
  const second: Promise<unknown>[] = [];
  const onEvent = (event: StudyEvent) => {
    if (event.type === 'run-start' && event.index === 0) {
      const again = run('locked', { ...plan, runs: plan.runs.slice(1) }, {}).catch(
        (error: unknown) => (refused = error),
      );
      second.push(again);
    }
  };
  const outcome = await run('locked', plan, { onEvent });
  await Promise.all(second);
  expect(refused).toMatchObject({
    name: 'LockError',
    message: expect.stringContaining('small/seed-2 is written by') as string,
  });
  expect(outcome).toMatchObject({ done: 2 });
  expect(existsSync(join(outcome.folder, 'comparison.json'))).toBe(true);
  expect(existsSync(join(outcome.folder, 'small/seed-2.lock'))).toBe(false);
}, 120_000);

test.runIf(process.platform === 'linux')('a folder that can only be read is refused by name', async () => {
  await expect(runStudy(planStudy(study), { out: '/sys' })).rejects.toThrow(
    /^results can't be written to "\/sys\/sweep": E(PERM|ACCES|ROFS).*\. Choose another folder with --out\.$/,
  );
});

test('three shards in three folders, merged, are compared as the whole', async () => {
  const from: string[] = [];
  for (const index of [1, 2, 3]) {
    const plan = planStudy(study, { shard: { index, count: 3 } });
    const outcome = await run(`shard-${index}`, plan, {});
    expect(outcome).toMatchObject({ done: 1, comparison: null });
    expect(existsSync(join(outcome.folder, 'comparison.json'))).toBe(false);
    from.push(join(out, `shard-${index}`));
  }
  // A folder of results, and a study's own.
  const places = [from[0] ?? '', join(from[1] ?? '', 'sweep')];
  const part = mergeStudy(planStudy(study), { out: join(out, 'merged'), from: places });
  expect(part).toMatchObject({ copied: ['small/seed-1', 'small/seed-2'], missing: ['small/seed-3'], machines: 1 });
  const merged = mergeStudy(planStudy(study), { out: join(out, 'merged'), from });
  expect(merged).toMatchObject({ copied: ['small/seed-3'], missing: [] });
  expect(withoutTimes(merged.comparison)).toEqual(withoutTimes(alone.comparison));
  const written = JSON.parse(readFileSync(join(merged.folder, 'comparison.json'), 'utf8')) as Comparison;
  expect(written).toEqual(merged.comparison);
  expect(readdirSync(join(merged.folder, 'small')).sort()).toEqual(['seed-1', 'seed-2', 'seed-3']);

  const one = { out: join(out, 'mixed'), from };
  expect(() => mergeStudy(planStudy(study, { epochs: 3 }), one)).toThrow(
    /small\/seed-2 in ".*shard-2.*": training\.epochs/,
  );
  expect(() => mergeStudy(planStudy(study), { ...one, from: [join(out, 'nowhere')] })).toThrow('is not there');
  expect(() => mergeStudy(planStudy(study), { ...one, from: [] })).toThrow('no run of "sweep" is finished in');
  const foreign = join(from[2] ?? '', 'sweep/small/seed-3/run.json');
  const record = JSON.parse(readFileSync(foreign, 'utf8')) as { versions: { code: string } };
  record.versions.code = 'another';
  writeFileSync(foreign, JSON.stringify(record));
  expect(() => mergeStudy(planStudy(study), one)).toThrow(
    /^merge: all runs must be of this study and made alike \(compared with small\/seed-1\)\. Nothing was merged:\nsmall\/seed-3 in ".*": versions\.code/,
  );
  expect(existsSync(join(out, 'mixed'))).toBe(false);
}, 240_000);

test('one run with two results is refused', () => {
  const [a, b] = [join(out, 'shard-1'), join(out, 'other')];
  cpSync(a, b, { recursive: true });
  const file = join(b, 'sweep/small/seed-1/run.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...record, weightHash: 'c0ffee' }));
  expect(() => mergeStudy(planStudy(study), { out: join(out, 'two'), from: [a, b] })).toThrow(
    /^merge: small\/seed-1 has other weights in ".*shard-1.*" than in ".*other/,
  );
});

function withoutTimes(comparison: Comparison | null): unknown {
  return comparison?.variants.map((variant) => ({ ...variant, trainSeconds: 0, examplesPerSecond: 0 }));
}

async function run(name: string, plan: Plan, options: Partial<RunStudyOptions>): Promise<StudyOutcome> {
  // Enough cores for three, whatever machine this is.
  const environment = { ...(await readEnvironment()), workers: 3 };
  return runStudy(plan, { out: join(out, name), environment, ...options });
}

function mostAtOnce(events: readonly StudyEvent[]): number {
  let [now, most] = [0, 0];
  for (const { type } of events) {
    if (type === 'run-start') now++;
    if (type === 'run-end') now--;
    most = Math.max(most, now);
  }
  return most;
}
