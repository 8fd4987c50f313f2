/* Runs the contract and writes its table, layer × check × backend, to docs/layer-contract.md: npm run contract -w packages/layers */
import { writeFileSync } from 'node:fs';
import { type CheckResult, checkLayer, checkNames } from '@ablate/layers/contract';
import { layerTypes } from '@ablate/layers/schema';
import { subjectCases, subjectOf } from '../test/cases.ts';

const backends = ['cpu', 'wasm'] as const;
const page = new URL('../../../docs/layer-contract.md', import.meta.url);
const marks = { passed: '+', failed: 'FAILED', absent: '.' };
const rows: string[] = [];
const all: CheckResult[] = [];

for (const type of layerTypes) {
  const { cases } = subjectCases[type];
  const results: CheckResult[] = [];
  for (const backend of backends) results.push(...(await checkLayer(subjectOf(type), cases, { backend })));
  const cells = checkNames.map((check) => backends.map((backend) => markOf(results, check, backend)).join(' '));
  rows.push(`| ${type} | ${cases.length} | ${cells.join(' | ')} |`);
  all.push(...results);
}

const count = (status: CheckResult['status']) => all.filter((result) => result.status === status).length;
writeFileSync(
  page,
  `# The contract of layers

Every layer goes through the same checks, on each backend that needs no GPU: its descriptor against the model it makes, its
values against plain loops, its gradients against central differences ([what each checks](layers.md#a-layer-of-your-own)).
This page is written by \`npm run contract -w packages/layers\`.

${layerTypes.length} layers in ${layerTypes.reduce((sum, type) => sum + subjectCases[type].cases.length, 0)} cases, ${checkNames.length} checks, ${backends.length} backends: ${count('passed')} results passed, ${count('failed')} failed, ${count('absent')} had nothing to check.

In each cell ${backends.join(' and ')}: + passed in all cases, . nothing to check (no weights, say).

| layer | cases | ${checkNames.join(' | ')} |
|---|---|${checkNames.map(() => '---|').join('')}
${rows.join('\n')}
`,
);

const failures = all.filter(({ status }) => status === 'failed');
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
