/* The thread of one replica: started by launchReplicas with what it is to run. */
import { parentPort, workerData } from 'node:worker_threads';
import { joinCollective } from '@ablate/tensor-backends';
import { type ReplicaBuffers, SharedReplica } from '../shared-replica.ts';
import type { FromReplica, ReplicaProgram } from './launch-replicas.ts';

/** What a thread is started with. */
export interface ReplicaTask {
  module: string;
  data: unknown;
  place: { index: number; count: number; spin: boolean };
  buffers: ReplicaBuffers;
}

const { module, data, place, buffers } = workerData as ReplicaTask;

try {
  const replica = new SharedReplica(place, buffers);
  joinCollective(replica);
  const program = (await import(module)) as { default?: unknown };
  if (typeof program.default !== 'function') {
    throw new Error(`launchReplicas: ${module} must export a function by default, the program of a replica.`);
  }
  const run = program.default as ReplicaProgram<unknown, unknown, unknown>;
  const result = await run(data, replica, (message) => say({ type: 'message', message }));
  say({ type: 'done', result });
} catch (error) {
  say({ type: 'failed', error: error instanceof Error ? error.message : String(error) });
}

function say(message: FromReplica): void {
  parentPort?.postMessage(message, []);
}
