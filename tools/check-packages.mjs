// Checks every built package as a stranger would get it: publint, and the types of each entry (ESM only).
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const checks = [
  ['publint', '--strict'],
  ['attw', '--pack', '.', '--profile', 'esm-only', '--quiet'],
];
let failed = 0;
for (const name of readdirSync('packages')) {
  // The command has no entry to import.
  for (const [tool, ...args] of name === 'cli' ? checks.slice(0, 1) : checks) {
    const { status, stdout, stderr } = spawnSync('npx', ['--no-install', tool, ...args], {
      cwd: `packages/${name}`,
      encoding: 'utf8',
    });
    process.stdout.write(`${name}: ${tool} ${status === 0 ? 'ok' : `failed\n${stdout}${stderr}`}\n`);
    if (status !== 0) failed++;
  }
}
process.exitCode = failed === 0 ? 0 : 1;
