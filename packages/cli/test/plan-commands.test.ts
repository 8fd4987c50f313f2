import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';

/* From the plan to a finished study and on: what is done, what is not, and why. One run is trained. */

const STUDY = `spec: 1
title: One width
dataset: { name: shapes, limit: 64 }
training: { epochs: 1, batchSize: 32 }
variants:
  small: { architecture: { name: mlp, units: [4] } }
analysis: [parameters]
`;

const folder = mkdtempSync(join(tmpdir(), 'ablate-plan-'));
const results = join(folder, 'results');
const study = file('width.yaml', STUDY);
let first: Said;
beforeAll(async () => {
  first = await ablate('run', study, '--out', results);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a plan lists runs, what is done, what each costs and how long it will take', async () => {
  expect(first.code).toBe(0);
  const { code, out } = await ablate('plan', study, '--out', results, '--seed', '1', '--seed', '2');
  expect(code).toBe(0);
  // 28·28·4 + 4 + 4·6 + 6 parameters; 28·28·4 + 4·6 MACs.
  expect(out).toMatch(/│ small\/seed-1 +│ +3,170 │ +3,160 │ [0-9a-f]{8} +│ done +│ +– │/);
  expect(out).toMatch(/│ small\/seed-2 +│ +3,170 │ +3,160 │ [0-9a-f]{8} +│ new +│ +\d+ s │/);
  expect(out).toContain('unfair: nothing; variants are trained alike');
  expect(out).toMatch(/2 runs, 1 done; about \d+ s to go\./);
  const unknown = await ablate('plan', study, '--out', join(folder, 'none'));
  expect(unknown.out).toContain(
    '1 run, 0 done; the time of small is unknown until a run of it is done. Measure a few steps: --calibrate.',
  );
  const changed = await ablate('plan', study, '--out', results, '--epochs', '3');
  expect(changed.out).toContain('small/seed-1 changed: training.epochs: 1 → 3');
});

test('what is unfair stands in the plan, with what it changes', async () => {
  const unfair = STUDY.replace('title', 'unfair: [training.epochs, dataset.augment]\ntitle').replace(
    'analysis',
    '  long: { architecture: { name: mlp, units: [8] }, training: { epochs: 4 }, dataset: { augment: [flip] } }\nanalysis',
  );
  const { out } = await ablate('plan', file('unfair.yaml', unfair), '--out', results);
  expect(out).toContain(
    'unfair: training.epochs, dataset.augment\n  long: training.epochs: 1 → 4\n  long: dataset.augment: added, [flip]\n',
  );
});

test('the plan as JSON has the config of each run and its state', async () => {
  const { out } = await ablate('plan', study, '--out', results, '--json');
  expect(JSON.parse(out)).toMatchObject([
    {
      title: 'One width',
      environment: { auto: 'wasm', versions: { tfjs: '4.22.0' } },
      runs: [{ id: 'small/seed-1', state: 'done', seconds: 0, config: { seed: 1, training: { epochs: 1 } } }],
    },
  ]);
});

test('what is done is not run again, and its results are compared', async () => {
  const { code, out, err } = await ablate('run', study, '--out', results);
  expect(code).toBe(0);
  expect(err).toContain('[1/1] small/seed-1: already done\n');
  expect(err).not.toContain('epoch');
  expect(out).toMatch(/small +│ +3,170 │/);
});

test('why: nothing, what changed, and what would be added', async () => {
  const run = join(results, 'width/small/seed-1');
  expect((await ablate('why', run)).out).toBe('small/seed-1: nothing changed; it would not run again.\n');
  const other = join(folder, 'changed');
  const changed = file('width2.yaml', STUDY.replace('limit: 64', 'limit: 96').replace('[parameters]', '[]'));
  expect(await ablate('why', changed, 'small/seed-1', '--out', other)).toMatchObject({
    code: 0,
    out: `small/seed-1: there is no finished run in ${join(other, 'width2/small/seed-1')}.\n`,
  });
  writeFileSync(study, STUDY.replace('limit: 64', 'limit: 96').replace('epochs: 1', 'epochs: 2'));
  expect((await ablate('why', run)).out).toBe(
    'small/seed-1 would run again:\n  dataset.limit: 64 → 96\n  training.epochs: 1 → 2\n',
  );
  writeFileSync(study, STUDY.replace('[parameters]', '[parameters, timing]'));
  expect((await ablate('why', study, 'small/seed-1', '--out', results)).out).toBe(
    'small/seed-1: nothing changed; it would not run again. Without training, it would get: timing.\n',
  );
  const two = file('width.yaml', STUDY.replace('variants:', 'seeds: [1, 2]\nvariants:'));
  expect((await ablate('why', two, '--out', results)).out).toBe(
    `small/seed-1: nothing changed; it would not run again.\nsmall/seed-2: there is no finished run in ${join(results, 'width/small/seed-2')}.\n`,
  );
  writeFileSync(study, STUDY);
});

test('why says what to do about a folder, a run or a study that is not there', async () => {
  const missing = await ablate('why', join(folder, 'nowhere'));
  expect(missing.code).toBe(2);
  expect(missing.err.replace(folder, '')).toBe(
    'ablate why: "/nowhere" is not there. Name the folder of a run, or a study.\n',
  );
  expect((await ablate('why', results)).err).toContain('holds no finished run.');
  const unknown = await ablate('why', study, 'large/seed-1', '--out', results);
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain('has no run "large/seed-1" any more. Its runs are: small/seed-1.');
});

test('diff: a refactoring is no difference; a difference exits with 1', async () => {
  const refactored = STUDY.replace('units: [4]', 'units: [$w]').replace('variants:', 'variables: { w: 4 }\nvariants:');
  expect(await ablate('diff', study, file('refactored.yaml', refactored))).toMatchObject({
    code: 0,
    out: 'no difference\n',
  });
  const wider = file('wider.yaml', STUDY.replace('units: [4]', 'units: [5]'));
  expect(await ablate('diff', study, wider)).toMatchObject({
    code: 1,
    out: 'variant small:\n  network.dense_1.units: 4 → 5\n',
  });
  expect((await ablate('diff', study, 'no/such.yaml')).code).toBe(2);
});

test('schema prints the schema of studies, or that of a base', async () => {
  const checkedIn = join(import.meta.dirname, '../../../schema/experiment.schema.json');
  const { code, out } = await ablate('schema');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(JSON.parse(readFileSync(checkedIn, 'utf8')));
  expect(JSON.parse((await ablate('schema', 'experiments/_base.yaml')).out)).toMatchObject({
    title: 'A base that ablation studies extend',
  });
});

test('migrate leaves what is current as it is, and says of the rest why not', async () => {
  const current = file('current.yaml', `# kept\n${STUDY}`);
  expect(await ablate('migrate', current)).toMatchObject({ code: 0, out: `${current}: already spec 1.\n` });
  expect(readFileSync(current, 'utf8')).toBe(`# kept\n${STUDY}`);
  const newer = await ablate('migrate', file('newer.yaml', 'spec: 9\n'), current);
  expect(newer.code).toBe(2);
  expect(newer.err).toContain('the study must have a version, `spec`, from 0 to 1; received 9.');
  expect(newer.out).toContain('already spec 1');
});

test('with --calibrate a few steps of each variant are trained, and nothing is left behind', async () => {
  const out = join(folder, 'calibrated');
  const { code, out: said } = await ablate('plan', study, '--out', out, '--calibrate');
  expect(code).toBe(0);
  expect(said).toMatch(/1 run, 0 done; about \d+ s to go\./);
  expect(existsSync(out)).toBe(false);
}, 60_000);

interface Said {
  code: number;
  out: string;
  err: string;
}

async function ablate(...args: string[]): Promise<Said> {
  let [out, err] = ['', ''];
  const program = createProgram({
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
  });
  const code = await program.run(args);
  return { code, out, err };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
