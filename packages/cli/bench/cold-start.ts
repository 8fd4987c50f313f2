/*
 * How long `ablate validate` takes from nothing, as a person waits for it: a process of its own for each, from dist.
 * Node alone is measured beside it, in turn, so that a busy machine shows. Target: below 400 ms on an idle one.
 *
 *   npm run bench -w packages/cli [runs]
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const ablate = fileURLToPath(new URL('packages/cli/bin/ablate.js', root));
const studies = readdirSync(new URL('experiments/', root)).filter((name) => /^[^_].*\.yaml$/.test(name));
const runs = Number(process.argv[2] ?? 9);

const cases = new Map<string, string[]>([['node alone', ['-e', '0']]]);
for (const study of studies) cases.set(study, [ablate, 'validate', `experiments/${study}`]);
const times = new Map([...cases.keys()].map((name): [string, number[]] => [name, []]));

for (let run = 0; run < runs; run++) {
  for (const [name, args] of cases) {
    const start = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: fileURLToPath(root), encoding: 'utf8' });
    if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
    times.get(name)?.push(performance.now() - start);
  }
}
for (const [name, measured] of times) {
  const sorted = measured.toSorted((a, b) => a - b);
  const [least, median] = [sorted[0] ?? Number.NaN, sorted[Math.floor(sorted.length / 2)] ?? Number.NaN];
  process.stdout.write(
    `${name.padEnd(22)} median ${median.toFixed(0).padStart(4)} ms, least ${least.toFixed(0).padStart(4)} ms\n`,
  );
}
