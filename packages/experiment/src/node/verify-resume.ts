import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '@ablate/random';
import {
  type Environment,
  fingerprint,
  type Plan,
  type PlanRun,
  resolveConfig,
  type RunResult,
} from '../schema/index.ts';
import { launchRun } from './launch-run.ts';
import type { FromRun, RunRequest } from './run-messages.ts';

/** A run that was killed and went on, beside the same run in one piece. */
export interface VerifiedRun {
  run: PlanRun;
  /** Last step that was seen before each kill. */
  kills: number[];
  /** Steps at which it went on; 0 where it had to start anew, as no checkpoint had been written. */
  resumedAt: number[];
  /** Files that differ, by their names; none: both are the same to the byte. */
  different: string[];
  /** Of the unbroken run. */
  weightHash: string;
}

/** Options of {@link verifyResume}. */
export interface VerifyOptions {
  environment: Environment;
  /** How often each run is killed. */
  kills: number;
  /** Decides where. */
  seed: number;
  onEvent?: (event: { type: 'unbroken'; run: PlanRun } | { type: 'kill'; run: PlanRun; step: number }) => void;
  signal?: AbortSignal;
}

/** What two equal runs have in common, byte by byte; times are not. */
const COMPARED = [
  'run.json',
  'metrics.jsonl',
  'model/model.json',
  'model/weights.bin',
  'predictions.json',
  'probabilities.f32',
];
/** Checkpoints that a run is to have at the least, so that kills fall between them. */
const CHECKPOINTS = 10;
/** Milliseconds that a kill waits after its step, at most: it hits a step, an evaluation or a write in its middle. */
const DELAY = 100;

/**
 * Trains the first run of each variant twice, once in one piece and once with its process killed at random points and
 * going on from its checkpoints, and compares what they left. Works in folders of its own, which it removes.
 *
 * @throws Error where the study has maxTime, a run fails for another reason, or the signal ends it.
 */
export async function verifyResume(plan: Plan, options: VerifyOptions): Promise<VerifiedRun[]> {
  if (plan.runs.some(({ config }) => config.training.maxTime !== undefined)) {
    throw new Error(
      'verify-resume: the study must have no maxTime, by which how far a run gets depends on the clock. Leave it out: --set training.maxTime=null.',
    );
  }
  const firsts = plan.variants.flatMap(({ name }) => plan.runs.find(({ variant }) => variant === name) ?? []);
  const verified: VerifiedRun[] = [];
  for (const run of firsts) {
    const folder = mkdtempSync(join(tmpdir(), 'ablate-verify-'));
    try {
      verified.push(await verifyRun(plan, run, folder, options));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return verified;
}

async function verifyRun(plan: Plan, run: PlanRun, root: string, options: VerifyOptions): Promise<VerifiedRun> {
  const { environment, kills: count, seed, onEvent, signal } = options;
  const config = resolveConfig(run.config, environment);
  const request: Omit<RunRequest, 'folder'> = {
    experiment: plan.name,
    file: plan.file,
    variant: run.variant,
    fingerprint: fingerprint(config, environment),
    config,
    versions: environment.versions,
  };
  onEvent?.({ type: 'unbroken', run });
  const unbroken = await launch({ ...request, folder: join(root, 'unbroken') }, signal);
  const checkpoints = { everySteps: Math.max(1, Math.floor(unbroken.step / CHECKPOINTS)) };
  const broken = { ...request, folder: join(root, 'broken'), checkpoints };
  const draws = randomStream(seed, `verify-resume/${run.id}`);
  const points = Array.from({ length: count }, (_, i) => 1 + draws.integer(i, unbroken.step)).sort((a, b) => a - b);
  const pieces: Piece[] = [];
  for (const [i, step] of points.entries()) {
    if (pieces.at(-1)?.result !== undefined) break;
    const piece = await launch(broken, signal, { step, delay: draws.integer(count + i, DELAY) });
    if (piece.result === undefined) onEvent?.({ type: 'kill', run, step: piece.step });
    pieces.push(piece);
  }
  if (pieces.at(-1)?.result === undefined) pieces.push(await launch(broken, signal));
  return {
    run,
    kills: pieces.flatMap(({ result, step }) => (result === undefined ? step : [])),
    resumedAt: pieces.slice(1).map(({ resumedAt }) => resumedAt),
    different: COMPARED.filter((name) => hashOf(root, 'unbroken', name) !== hashOf(root, 'broken', name)),
    weightHash: unbroken.result?.weightHash ?? '',
  };
}

/** One process of a run. */
interface Piece {
  resumedAt: number;
  /** The last that was seen. */
  step: number;
  /** Undefined where it was killed. */
  result?: RunResult;
}

/** @param kill Where it is killed: so many milliseconds after a step. */
async function launch(
  request: RunRequest,
  signal?: AbortSignal,
  kill?: { step: number; delay: number },
): Promise<Piece> {
  const death = new AbortController();
  const piece: Piece = { resumedAt: 0, step: 0 };
  let timer: NodeJS.Timeout | undefined;
  const onMessage = (message: FromRun) => {
    if (message.type !== 'event') return;
    const { event } = message;
    if (event.type === 'start') piece.resumedAt = event.resumedAt ?? 0;
    if (event.type === 'step' || event.type === 'end') piece.step = 'step' in event ? event.step : event.steps;
    if (kill !== undefined && piece.step >= kill.step) timer ??= setTimeout(() => death.abort(), kill.delay);
  };
  const outcome = await launchRun(request, onMessage, signal, death.signal);
  clearTimeout(timer);
  if (outcome.type === 'done' && outcome.result.status === 'done') return { ...piece, result: outcome.result };
  if (signal?.aborted === true) throw new Error('verify-resume: it was stopped.');
  if (death.signal.aborted) return piece;
  throw new Error(
    `verify-resume: ${request.variant} failed: ${outcome.type === 'failed' ? outcome.error : 'it was stopped'}`,
  );
}

function hashOf(...path: string[]): string {
  return createHash('sha256')
    .update(readFileSync(join(...path)))
    .digest('hex');
}
