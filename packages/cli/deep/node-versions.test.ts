import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/* The deep tier only: it fetches other versions of Node (the npm package `node`) and runs the built command. */
test.each(['20.19.0', '22', '24'])(
  'the built quickstart runs on Node %s',
  (version) => {
    const out = mkdtempSync(join(tmpdir(), 'ablate-node-'));
    const command = ['packages/cli/bin/ablate.js', 'run', 'experiments/quickstart.yaml'];
    const flags = ['--epochs', '1', '--limit', '256', '--out', out];
    const run = spawnSync('npm', ['exec', '--yes', `--package=node@${version}`, '--', 'node', ...command, ...flags], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(run.stderr).toContain('[3/3] residual/seed-1');
    expect(run.status).toBe(0);
    expect(existsSync(join(out, 'quickstart/comparison.json'))).toBe(true);
    rmSync(out, { recursive: true });
  },
  600_000,
);
