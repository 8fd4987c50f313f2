import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FromRun, MeasureRequest, RunRequest, ToRun } from './run-messages.ts';
import { writeJson } from './write-file.ts';
import { describeMachine } from './machine.ts';

/** How a run ended. */
export type RunOutcome = Extract<FromRun, { type: 'done' | 'failed' }>;

/** Milliseconds that a run gets to end by itself once it was asked to. */
const GRACE = 15_000;

/**
 * Runs one training in a process of its own, so that an abort or an endless loop in it takes nothing else along.
 * Resolves in every case: a process that dies without a word has failed, with what it last wrote to stderr.
 *
 * @param signal Asks the run to end after its current step; it then saves what it has.
 * @param kill Ends its process at once, as a crash would.
 */
export async function launchRun(
  request: RunRequest,
  onMessage: (message: FromRun) => void,
  signal?: AbortSignal,
  kill?: AbortSignal,
): Promise<RunOutcome> {
  const last = await converse({ type: 'run', request }, onMessage, signal, kill);
  if (last.type === 'failed') return { type: 'failed', error: last.error + writeFailure(request, last.error) };
  return last.type === 'done' ? last : { type: 'failed', error: 'internal: a run ended as something else.' };
}

/** Makes analyses with the saved model of a finished run, in a process of its own. Resolves in every case. */
export function launchMeasurement(request: MeasureRequest): Promise<LastMessage> {
  return converse({ type: 'measure', request }, () => undefined);
}

/** The network of a `model.json`, whose layers are built in a process of their own. Resolves in every case. */
export async function launchInspection(
  path: string,
  plugins: readonly string[] = [],
): Promise<Extract<FromRun, { type: 'inspected' | 'failed' }>> {
  const last = await converse({ type: 'inspect', path, plugins }, () => undefined);
  if (last.type === 'inspected' || last.type === 'failed') return last;
  return { type: 'failed', error: 'internal: an inspection ended as something else.' };
}

type LastMessage = Extract<FromRun, { type: 'done' | 'measured' | 'inspected' | 'failed' }>;

/** Says one thing to a new process, passes on what it answers, and resolves with the last. */
function converse(
  first: ToRun,
  onMessage: (message: FromRun) => void,
  signal?: AbortSignal,
  kill?: AbortSignal,
): Promise<LastMessage> {
  return new Promise((resolve) => {
    const child = start();
    let outcome: LastMessage | undefined;
    let stderr = '';
    let timer: NodeJS.Timeout | undefined;
    const stop = () => {
      send(child, { type: 'stop' });
      timer = setTimeout(() => child.kill('SIGKILL'), GRACE);
    };
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-4000);
    });
    child.on('message', (message: FromRun) => {
      if (isLast(message)) outcome = message;
      onMessage(message);
    });
    const settle = (reason: string) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      resolve(outcome ?? { type: 'failed', error: reason });
    };
    child.on('error', (error) => settle(`the run's process could not be started: ${error.message}`));
    child.on('close', (code, by) => {
      const how = by === null ? `with exit code ${String(code)}` : `by ${by}`;
      const last = stderr.trim() === '' ? '' : ` Its last words: ${stderr.trim().split('\n').slice(-5).join('\n')}`;
      settle(`the run's process ended ${how} before it was done.${last}`);
    });
    signal?.addEventListener('abort', stop, { once: true });
    kill?.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
    send(child, first);
    if (signal?.aborted === true) stop();
  });
}

function isLast(message: FromRun): message is LastMessage {
  return ['done', 'measured', 'inspected', 'failed'].includes(message.type);
}

function start(): ChildProcess {
  // From source (tests), TypeScript is loaded by tsx; a build is plain JavaScript.
  const own = fileURLToPath(import.meta.url);
  const fromSource = own.endsWith('.ts');
  const entry = join(own, '..', fromSource ? 'run-process.ts' : 'run-process.js');
  const execArgv = fromSource ? ['--conditions=@ablate/source', '--import', 'tsx'] : [];
  // A terminal's Ctrl-C reaches the whole group: the run leaves it to its parent to say when to stop.
  return fork(entry, [], { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], serialization: 'json' });
}

/** Leaves the error beside the metrics that the run had written. Says so where that is not possible either. */
function writeFailure({ folder, ...request }: RunRequest, error: string): string {
  try {
    writeJson(join(folder, 'failure.json'), { version: 1, ...request, machine: describeMachine(), error });
    return '';
  } catch (cause) {
    return ` Its folder can't be written either (${cause instanceof Error ? cause.message : String(cause)}). Choose another with --out.`;
  }
}

function send(child: ChildProcess, message: ToRun): void {
  if (child.connected) child.send(message, () => undefined);
}
