import { calibrate, type InspectedRun, inspectPlan, readEnvironment, withDataVersion } from '@ablate/experiment/node';
import { differences, type Environment, formatDifference, type Plan } from '@ablate/experiment/schema';
import Table from 'cli-table3';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlanFlags } from '../plan-flags.ts';
import type { Terminal } from '../program.ts';
import { planStudies } from '../plan-studies.ts';

/** Prints what `ablate run` would do: each run, whether it is done, and how long it will take. */
export async function planFiles(
  files: readonly string[],
  flags: PlanFlags & { out: string; calibrate?: boolean; json?: boolean },
  terminal: Terminal,
): Promise<ExitCode> {
  const environment = await readEnvironment();
  const plans = await planStudies(files, flags, terminal, environment);
  if (plans === null) return exitCodes.wrong;
  const inspected: { plan: Plan; environment: Environment; runs: InspectedRun[] }[] = [];
  for (const plan of plans) {
    const progress = (name: string) => terminal.err(`measuring a few steps of ${name}\n`);
    const measured = flags.calibrate === true ? await calibrate(plan, environment, progress) : undefined;
    const here = await withDataVersion(environment, plan.dataset, false);
    inspected.push({ plan, environment: here, runs: await inspectPlan(plan, flags.out, here, measured) });
  }
  if (flags.json === true) {
    const described = inspected.map(({ plan, environment: here, runs }) => ({
      ...plan,
      environment: here,
      runs: runs.map(({ run, ...state }) => ({ ...run, ...state })),
    }));
    terminal.out(`${JSON.stringify(described, null, 2)}\n`);
  } else {
    for (const { plan, runs } of inspected) terminal.out(describePlan(plan, runs));
  }
  return exitCodes.done;
}

function describePlan(plan: Plan, runs: readonly InspectedRun[]): string {
  const table = new Table({
    head: ['run', 'parameters', 'MACs', 'fingerprint', 'state', 'time'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'right', 'left', 'left', 'right'],
  });
  for (const { run, state, missing, resumesAt, seconds } of runs) {
    const summary = plan.variants.find(({ name }) => name === run.variant)?.summary;
    table.push([
      run.id,
      count(summary?.parameters.trainable),
      count(summary?.macs),
      run.fingerprint.slice(0, 8),
      stateText(state, missing, resumesAt),
      state === 'done' ? '–' : seconds === null ? 'unknown' : duration(seconds),
    ]);
  }
  const [first] = runs;
  const { dataset, unfair } = plan;
  const shared = first?.run.config.training;
  const lines = [
    `${plan.title} (${plan.file})`,
    `data: ${inline(dataset)}`,
    ...(shared === undefined ? [] : [`training: ${inline(shared)}`]),
    ...budgetWarning(plan),
    `unfair: ${unfair.length === 0 ? 'nothing; variants are trained alike' : unfair.join(', ')}`,
    ...plan.variants.flatMap(({ name }) => {
      const own = runs.find(({ run }) => run.variant === name)?.run.config;
      const found = [
        ...differences(shared, own?.training ?? shared, 'training'),
        ...differences(dataset, own?.dataset ?? dataset, 'dataset'),
      ];
      return found.map((one) => `  ${name}: ${formatDifference(one)}`);
    }),
    '',
    table.toString(),
    ...runs
      .filter(({ state }) => state === 'changed')
      .map(({ run, differences }) => `${run.id} changed: ${differences.map(formatDifference).join('; ')}`),
    total(runs),
  ];
  return `${lines.join('\n')}\n`;
}

function stateText(state: string, missing: readonly string[], resumesAt: InspectedRun['resumesAt']): string {
  if (resumesAt !== null) return `broken off; goes on after step ${resumesAt.step}, in epoch ${resumesAt.epoch}`;
  return missing.length === 0 ? state : `${state}; adds ${missing.join(', ')}`;
}

/** What a budget of time means for the results. */
function budgetWarning({ runs }: Plan): string[] {
  const timed = runs.some(({ config }) => config.training.maxTime !== undefined);
  return timed
    ? [
        'maxTime: how far a run gets depends on the machine and on what else it does; results can not be repeated exactly',
      ]
    : [];
}

function total(runs: readonly InspectedRun[]): string {
  const left = runs.filter(({ state }) => state !== 'done');
  const what = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}, ${runs.length - left.length} done`;
  if (left.length === 0) return `${what}: nothing to train.`;
  const unknown = [...new Set(left.flatMap(({ run, seconds }) => (seconds === null ? run.variant : [])))];
  const known = left.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);
  if (unknown.length === 0) return `${what}; about ${duration(known)} to go.`;
  const and = known > 0 ? `about ${duration(known)} and ` : '';
  return `${what}; ${and}the time of ${unknown.join(', ')} is unknown until a run of it is done. Measure a few steps: --calibrate.`;
}

function inline(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(/"(\w+)":/g, ' $1: ')
    .replaceAll('"', '')
    .replaceAll('}', ' }');
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

function count(value: number | undefined): string {
  return value?.toLocaleString('en') ?? '–';
}
