import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparisonSchema } from '@ablate/experiment/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';

/* Claims of a study with two tiny networks, which is trained once; claims are judged anew each time. */

const STUDY = `spec: 1
title: Two widths
dataset: { name: shapes, size: { train: 64, test: 64 } }
training: { epochs: 1, batchSize: 32 }
variants:
  small: { architecture: { name: mlp, units: [4] } }
  large: { architecture: { name: mlp, units: [8] } }
`;

const folder = mkdtempSync(join(tmpdir(), 'ablate-claims-'));
beforeAll(async () => {
  await check('[]');
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a claim that held: its line below the table, in comparison.json, and the exit code 0', async () => {
  const { code, out } = await check('[{ metric: parameters, better: small, than: large }]');
  expect(out).toContain('held: small better than large in parameters: −3,164');
  expect(code).toBe(0);
  const { claims } = comparisonSchema.parse(
    JSON.parse(readFileSync(join(folder, 'results/widths/comparison.json'), 'utf8')),
  );
  expect(claims).toMatchObject([{ metric: 'parameters', verdict: 'held', difference: { mean: -3164, pairs: 1 } }]);
});

test('claims that did not hold, or could not be decided, are counted and end with 3', async () => {
  const { code, err, out } = await check(
    '[{ metric: macs, better: large, than: small }, { metric: testAccuracy, better: large, than: small }]',
  );
  expect(out).toContain('not held: large better than small in macs: +3,160');
  expect(out).toMatch(/undecided: large better than small in testAccuracy: .* points, 1 seed; one seed does not say/);
  expect(err).toContain('1 of 2 claims did not hold.\n1 of 2 claims could not be decided: the runs say neither');
  expect(code).toBe(3);
});

test('without --check-claims they are said and change nothing', async () => {
  const { code, out } = await check('[{ metric: macs, better: large, than: small }]', []);
  expect(out).toContain('not held: ');
  expect(code).toBe(0);
});

async function check(
  claims: string,
  flags: string[] = ['--check-claims'],
): Promise<{ code: number; out: string; err: string }> {
  const file = join(folder, 'widths.yaml');
  writeFileSync(file, `${STUDY}claims: ${claims}\n`);
  const said = { out: '', err: '' };
  const program = createProgram({
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    interactive: false,
  });
  const code = await program.run(['run', file, '--out', join(folder, 'results'), ...flags]);
  return { code, ...said };
}
