// Sums the "Tests  3 failed | 40 passed (43)" lines of vitest in a log; prints "passed failed".
import { readFileSync } from 'node:fs';

const log = readFileSync(process.argv[2], 'utf8').replaceAll(/\u001b\[[0-9;]*m/g, '');
let passed = 0;
let failed = 0;
for (const line of log.match(/^.*\bTests\s+.*\(\d+\)\s*$/gm) ?? []) {
  passed += Number(/(\d+) passed/.exec(line)?.[1] ?? 0);
  failed += Number(/(\d+) failed/.exec(line)?.[1] ?? 0);
}
process.stdout.write(`${passed} ${failed}\n`);
