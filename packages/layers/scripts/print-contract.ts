/* Prints the contract's table: layer × check × backend. Run it: npm run contract -w packages/layers */
import { type CheckResult, checkLayer, checkNames } from '@ablate/layers/contract';
import { layerTypes } from '@ablate/layers/schema';
import { subjectCases, subjectOf } from '../test/cases.ts';

const marks = { passed: '+', failed: 'FAILED', absent: '.' };
const failures: CheckResult[] = [];

console.log(`Each check on cpu and wasm: + passed, . nothing to check.\n`);
console.log(`| layer | cases | ${checkNames.join(' | ')} |`);
console.log(`|---|---|${checkNames.map(() => '---|').join('')}`);
for (const type of layerTypes) {
  const { cases } = subjectCases[type];
  const results: CheckResult[] = [];
  for (const backend of ['cpu', 'wasm'] as const) {
    results.push(...(await checkLayer(subjectOf(type), cases, { backend })));
  }
  const cells = checkNames.map((check) => `${markOf(results, check, 'cpu')} ${markOf(results, check, 'wasm')}`);
  console.log(`| ${type} | ${cases.length} | ${cells.join(' | ')} |`);
  failures.push(...results.filter(({ status }) => status === 'failed'));
}
for (const { type, backend, check, case: tried, detail } of failures) {
  console.error(`${type} on ${backend}, ${check}, ${tried}: ${detail}`);
}
process.exitCode = failures.length > 0 ? 1 : 0;

/** One mark for all cases: the worst. */
function markOf(results: readonly CheckResult[], check: string, backend: string): string {
  const statuses = results.filter((one) => one.check === check && one.backend === backend).map(({ status }) => status);
  return marks[
    statuses.find((status) => status === 'failed') ?? statuses.find((status) => status === 'passed') ?? 'absent'
  ];
}
