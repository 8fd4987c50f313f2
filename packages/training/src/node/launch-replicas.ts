import os from 'node:os';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { BarrierControl } from '../barrier.ts';
import { replicaBuffers, type SharedReplica } from '../shared-replica.ts';
import { TrainingError } from '../training-error.ts';
import type { ReplicaTask } from './replica-thread.ts';

/**
 * What each replica runs, in its own thread: the default export of a module. All run the same program; `replica` says
 * which one this is, and is handed on to `fit` and `evaluate`. What it says and returns must be cloneable.
 */
export type ReplicaProgram<Data, Message, Result> = (
  data: Data,
  replica: SharedReplica,
  say: (message: Message) => void,
) => Promise<Result>;

/** From a replica's thread; the last is `done` or `failed`. */
export type FromReplica =
  | { type: 'message'; message: unknown }
  | { type: 'done'; result: unknown }
  | { type: 'failed'; error: string };

/** Options of {@link launchReplicas}. */
export interface LaunchOptions<Message> {
  /** Module whose default export is a {@link ReplicaProgram}. */
  module: URL;
  /** Handed to each replica: cloned, SharedArrayBuffers in it shared. */
  data: unknown;
  /** How many replicas: a whole number from 1. */
  workers: number;
  /** What the replicas say, in the order of each. */
  onMessage?: (message: Message, index: number) => void;
  /** Asks the replicas to stop: each then finds `stopRequested` set. */
  signal?: AbortSignal;
}

/**
 * Runs a program in `workers` threads, each with a TensorFlow.js of its own, and resolves with what replica 0 returned
 * once all are done. This thread only passes messages on: it never waits for memory and stays free.
 *
 * @throws What `onMessage` threw; TrainingError with the message of what the first replica to fail threw, or saying how its thread ended. The
 *   others are stopped.
 */
export async function launchReplicas<Message, Result>(options: LaunchOptions<Message>): Promise<Result> {
  const { module, data, workers, onMessage, signal } = options;
  if (!Number.isInteger(workers) || workers < 1) {
    throw new TrainingError(`launchReplicas: workers must be a whole number from 1; received ${workers}.`);
  }
  const control = new BarrierControl();
  const buffers = replicaBuffers(workers, control);
  const spin = workers <= os.availableParallelism();
  const stop = () => control.requestStop();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted === true) stop();
  const threads = Array.from({ length: workers }, (_, index) =>
    startThread({ module: module.href, data, place: { index, count: workers, spin }, buffers }),
  );
  try {
    const results = await Promise.all(
      threads.map((thread, index) =>
        outcomeOf(thread, `replica ${index} of ${workers}`, (message) => onMessage?.(message as Message, index)).then(
          (result) => {
            control.ended();
            return result;
          },
        ),
      ),
    );
    return results[0] as Result;
  } catch (error) {
    control.fail();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    // Also a thread that loops for ever, or holds something open.
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** What a thread returns. Rejects with what it threw, or with how it ended. */
function outcomeOf(thread: Worker, who: string, onMessage: (message: unknown) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    thread.on('message', (message: FromReplica) => {
      if (message.type === 'message') {
        try {
          onMessage(message.message);
        } catch (error) {
          reject(error);
        }
      } else if (message.type === 'done') resolve(message.result);
      else reject(new TrainingError(message.error));
    });
    thread.on('messageerror', (error) =>
      reject(new TrainingError(`${who}: its message could not be read: ${error.message}`)),
    );
    thread.on('error', (error) => {
      const told = error instanceof Error ? error.message : String(error);
      reject(new TrainingError(`${who} crashed: ${told}`, { cause: error }));
    });
    thread.on('exit', (code) => reject(new TrainingError(`${who} ended with exit code ${code} before it was done.`)));
  });
}

function startThread(task: ReplicaTask): Worker {
  const own = import.meta.url;
  if (!own.endsWith('.ts')) return new Worker(new URL('./replica-thread.js', own), { workerData: task });
  // From source (tests): on Node 20 a thread takes no --import, so it registers tsx itself.
  const tsx = new URL('dist/esm/api/index.mjs', pathToFileURL(createRequire(own).resolve('tsx/package.json'))).href;
  const entry = new URL('./replica-thread.ts', own).href;
  const code = `import { register } from ${JSON.stringify(tsx)}; register(); await import(${JSON.stringify(entry)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), {
    workerData: task,
    execArgv: ['--conditions=@ablate/source'],
  });
}
