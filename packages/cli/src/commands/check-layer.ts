import { type CheckedPlugin, checkPlugin } from '@ablate/experiment/node';
import Table from 'cli-table3';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../program.ts';

type Results = CheckedPlugin['results'];

const MARKS = { failed: 'FAILED', passed: 'passed', absent: 'nothing to check' } as const;

/** Prints a table of checks and backends for each layer of a plugin, then what failed. */
export async function checkLayerFile(path: string, backends: readonly string[], terminal: Terminal): Promise<ExitCode> {
  terminal.err(`Checking ${path} on ${backends.join(' and ')} …\n`);
  const { checks, layers, results } = await checkPlugin(path, backends);
  for (const layer of layers) {
    const own = results.filter(({ type }) => type === layer);
    const table = new Table({ head: [layer, ...backends], style: { head: [], border: [] } });
    for (const check of checks) {
      const of = (backend: string) => own.filter((one) => one.check === check && one.backend === backend);
      table.push([check, ...backends.map((backend) => cell(of(backend)))]);
    }
    terminal.out(`${table.toString()}\n`);
  }
  const failures = results.filter(({ status }) => status === 'failed');
  for (const { type, backend, check, case: tried, detail } of failures) {
    terminal.out(`${type} on ${backend}, ${check}, with ${tried}: ${detail}\n`);
  }
  const count = results.filter(({ status }) => status !== 'absent').length;
  terminal.out(
    failures.length === 0 ? `All ${count} checks passed.\n` : `${failures.length} of ${count} checks failed.\n`,
  );
  return failures.length === 0 ? exitCodes.done : exitCodes.failed;
}

/** The worst of all cases, and the worst that was measured. */
function cell(results: Results): string {
  const worst = (['failed', 'passed', 'absent'] as const).find((status) =>
    results.some((one) => one.status === status),
  );
  const measured = results.find(({ status, detail }) => status === 'passed' && detail !== '');
  if (worst === undefined) return '';
  return worst === 'passed' && measured !== undefined ? `${MARKS[worst]} (${measured.detail})` : MARKS[worst];
}
