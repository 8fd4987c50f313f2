import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment, readFinishedRun, readRunState, withDataVersion } from '@ablate/experiment/node';
import { formatDifference } from '@ablate/experiment/schema';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlanFlags } from '../plan-flags.ts';
import type { Terminal } from '../program.ts';
import { planStudies } from '../plan-studies.ts';

/**
 * Says why a finished run would be run again, or that it would not. `target` is the run's folder, or a study with the
 * run's name.
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
  if (name === undefined) {
    if (!existsSync(target) || !statSync(target).isDirectory()) {
      return wrong(
        `"${target}" is no folder of a run. Name one, or a study and its run: ablate why FILE variant/seed-1.`,
      );
    }
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
    const run = plan.runs.find((one) => one.id === id);
    if (run === undefined) {
      const known = plan.runs.map((one) => one.id).join(', ');
      return wrong(`${plan.file} has no run "${id}" any more. Its runs are: ${known}.`);
    }
    const here = await withDataVersion(environment, plan.dataset, false);
    const at = folder === '' ? join(flags.out, plan.name, run.id) : folder;
    const { finished, differences, missing } = readRunState(at, run.config, here);
    if (finished === null) terminal.out(`${run.id}: there is no finished run in ${at}.\n`);
    else if (differences.length > 0)
      terminal.out(`${run.id} would run again:\n${list(differences.map(formatDifference))}`);
    else {
      const added = missing.map(({ name: analysis }) => analysis).join(', ');
      const more = added === '' ? '' : ` Without training, it would get: ${added}.`;
      terminal.out(`${run.id}: nothing changed; it would not run again.${more}\n`);
    }
  }
  return exitCodes.done;
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}\n`).join('');
}
