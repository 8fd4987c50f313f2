import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'ablate-cli-sweeps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const study = join(folder, 'sweep.yaml');
writeFileSync(
  study,
  `spec: 1
title: A sweep
dataset: { name: shapes, size: { train: 64, test: 64 } }
training: { epochs: 1 }
workers: 1
seeds: [1, 2]
variants: { small: { architecture: { name: mlp, units: [4] } } }
analysis: [timing]
`,
);

async function ablate(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const program = createProgram({
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
  });
  const code = await program.run(args);
  return { code, out, err };
}

test('shards that write to folders of their own are merged; what is missing is named', async () => {
  const [one, two, all] = ['one', 'two', 'all'].map((name) => join(folder, name)) as [string, string, string];
  const first = await ablate('run', study, '--shard', '1/2', '--out', one, '--parallel', '2');
  expect(first).toMatchObject({ code: 0 });
  expect(first.err).toContain('A sweep: 1 run of shard 1/2\none run at a time: this study measures time');
  expect(first.err).toContain(`Once all shards are done, compare them: ablate merge ${study}`);
  expect(existsSync(join(one, 'sweep/comparison.json'))).toBe(false);

  const half = await ablate('merge', study, '--from', one, '--out', all);
  expect(half).toMatchObject({ code: 1 });
  expect(half.err).toBe('1 of 2 runs, 1 of them copied.\nNot finished anywhere: small/seed-2\n');

  expect(await ablate('run', study, '--shard', '2/2', '--out', two)).toMatchObject({ code: 0 });
  const whole = await ablate('merge', study, one, two, '--out', all);
  expect(whole).toMatchObject({ code: 0, err: '2 of 2 runs, 1 of them copied.\n' });
  expect(whole.out).toMatch(/small\s+│\s+3,170\s+│\s+\d+\.\d\d ± \d+\.\d\d %/);

  const other = await ablate('merge', study, '--from', one, '--out', all, '--epochs', '2');
  expect(other).toMatchObject({ code: 2 });
  expect(other.err).toContain('training.epochs: 1 → 2');
}, 120_000);

test.each([
  [['--shard', '3'], 'It must be a part and the number of parts, as in 1/3; received "3".'],
  [['--shard', '3/2'], '--shard: must be one of 1/2 to 2/2; received 3/2.'],
  [['--parallel', '0'], 'It must be a whole number ≥ 1; received "0".'],
])('run %j is refused', async (flags, message) => {
  const { code, err } = await ablate('run', study, '--out', join(folder, 'none'), ...flags);
  expect(err).toContain(message);
  expect(code).toBe(2);
});
