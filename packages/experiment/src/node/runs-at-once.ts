import { describeMetric, type Plan } from '../schema/index.ts';

/** What decides how many runs share a machine. */
export interface ParallelRequest {
  /** Runs that may go on at once. */
  parallel: number;
  /** Shares the machine also where times are measured. */
  parallelTimed: boolean;
  cores: number;
}

/** How many runs of a plan go on at once, and why not as many as were asked for. */
export function runsAtOnce(
  plan: Pick<Plan, 'runs' | 'claims'>,
  { parallel, parallelTimed, cores }: ParallelRequest,
): { atOnce: number; notices: string[] } {
  if (parallel === 1) return { atOnce: 1, notices: [] };
  const timed = whatIsTimed(plan);
  if (timed.length > 0 && !parallelTimed) {
    const notice = `one run at a time: this study measures time (${timed.join(', ')}), which another run beside it would change. To share the machine all the same: --parallel-timed.`;
    return { atOnce: 1, notices: [notice] };
  }
  const notices =
    timed.length === 0 ? [] : [`times (${timed.join(', ')}) are those of a machine that several runs share.`];
  const workers = Math.max(1, ...plan.runs.map(({ config }) => (config.workers === 'auto' ? cores : config.workers)));
  const most = Math.max(1, Math.floor(cores / workers));
  if (parallel <= most) return { atOnce: parallel, notices };
  const each = `a run has ${workers} ${workers === 1 ? 'worker' : 'workers'} and the machine ${cores} ${cores === 1 ? 'core' : 'cores'}`;
  const more =
    workers === 1 ? '' : ' For more, give each fewer: --workers 1; that is another run, which rounds otherwise.';
  return { atOnce: most, notices: [`--parallel ${parallel}: ${most} at once, as ${each}.${more}`, ...notices] };
}

/** What of a study depends on what else the machine does. */
function whatIsTimed({ runs, claims }: Pick<Plan, 'runs' | 'claims'>): string[] {
  const found = [
    ...(runs.some(({ config }) => config.analysis.some(({ name }) => name === 'timing')) ? ['analysis: timing'] : []),
    ...claims.flatMap(({ metric }) =>
      ['s', 'ms', 'examples/s'].includes(describeMetric(metric).unit) ? [`a claim about ${metric}`] : [],
    ),
    ...(runs.some(({ config }) => config.training.maxTime !== undefined) ? ['training.maxTime'] : []),
  ];
  return [...new Set(found)];
}
