import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment, readFinishedRun, readRunState, withDataVersion } from '@ablate/experiment/node';
import { formatDifference } from '@ablate/experiment/schema';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlanFlags } from '../plan-flags.ts';
import type { Terminal } from '../program.ts';
import { planStudies } from '../plan-studies.ts';

/**
 * Says why finished runs would be run again, or that they would not. `target` is the folder of a run, or a study: then it
 * is about the run that is named, or about all of them.
 */
export async function whyRun(
  target: string,
  name: string | undefined,
  flags: PlanFlags & { out: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const wrong = (message: string) => {
    terminal.err(`ablate why: ${message}\n`);
    return exitCodes.wrong;
  };
  let [file, id, folder] = [target, name, ''];
  if (!existsSync(target)) return wrong(`"${target}" is not there. Name the folder of a run, or a study.`);
  if (statSync(target).isDirectory()) {
    const finished = readFinishedRun(target);
    if (finished === null) return wrong(`"${target}" holds no finished run.`);
    file = finished.run.file;
    id = `${finished.run.variant}/seed-${finished.run.seed}`;
    folder = target;
    if (!existsSync(file)) {
      return wrong(`its study "${file}" is not there any more. Name it: ablate why FILE ${id}.`);
    }
  }
  const environment = await readEnvironment();
  const plans = await planStudies([file], flags, terminal, environment);
  if (plans === null) return exitCodes.wrong;
  for (const plan of plans) {
    const runs = plan.runs.filter((run) => id === undefined || run.id === id);
    if (runs.length === 0) {
      const known = plan.runs.map((one) => one.id).join(', ');
      return wrong(`${plan.file} has no run "${id}" any more. Its runs are: ${known}.`);
    }
    const here = await withDataVersion(environment, plan.dataset, false);
    for (const run of runs) {
      const at = folder === '' ? join(flags.out, plan.name, run.id) : folder;
      terminal.out(explain(run.id, at, readRunState(at, run.config, here)));
    }
  }
  return exitCodes.done;
}

function explain(id: string, folder: string, state: ReturnType<typeof readRunState>): string {
  const { finished, differences, missing } = state;
  if (finished === null) return `${id}: there is no finished run in ${folder}.\n`;
  if (differences.length > 0) return `${id} would run again:\n${list(differences.map(formatDifference))}`;
  const added = missing.map(({ name }) => name).join(', ');
  const more = added === '' ? '' : ` Without training, it would get: ${added}.`;
  return `${id}: nothing changed; it would not run again.${more}\n`;
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}\n`).join('');
}
