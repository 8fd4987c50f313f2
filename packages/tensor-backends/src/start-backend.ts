import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { BackendError } from './backend-error.ts';
import { cpuKernels } from './cpu/kernels.ts';
import { registerGradients } from './gradients/register.ts';
import type { BackendName, BackendRequest } from './schema/backend-request.ts';
import { WasmHeap } from './wasm/heap.ts';
import { wasmKernels } from './wasm/kernels.ts';

/** Version of every @tensorflow package: internals of the backends are used. */
export const TFJS_VERSION = '4.22.0';

/** What was started, and why. */
export interface StartedBackend {
  name: BackendName;
  requested: BackendRequest;
  reason: string;
  /** Version of TensorFlow.js. */
  tfjs: string;
}

let started: Promise<StartedBackend> | undefined;
const prepared = new Set<BackendName>();

/**
 * Starts a backend, mends its kernels and gradients and makes it tfjs's current one. A thread has one tfjs: calls wait
 * for each other, and a later call switches it.
 *
 * @throws BackendError if the requested backend can't be had; there is no silent fall to another. `auto` takes wasm
 *   where it starts, else cpu, and says why.
 */
export function startBackend(request: BackendRequest = 'auto'): Promise<StartedBackend> {
  const before = started ?? Promise.resolve();
  const next = before.then(
    () => start(request),
    () => start(request),
  );
  started = next;
  return next;
}

async function start(request: BackendRequest): Promise<StartedBackend> {
  if (tf.version_core !== TFJS_VERSION) {
    throw new BackendError(
      `@tensorflow/tfjs-core must be ${TFJS_VERSION}; found ${tf.version_core}. Install all @tensorflow packages at ${TFJS_VERSION}.`,
    );
  }
  tf.env().set('PROD', true);
  registerGradients();
  const result = (name: BackendName, reason: string): StartedBackend => ({
    name,
    requested: request,
    reason,
    tfjs: TFJS_VERSION,
  });
  switch (request) {
    case 'wasm':
      await startWasm();
      return result('wasm', 'as requested');
    case 'cpu':
      await startCpu();
      return result('cpu', 'as requested');
    case 'auto':
      try {
        await startWasm();
        return result('wasm', 'auto: the fastest that starts here');
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        await startCpu();
        return result('cpu', `auto: wasm does not start here (${error.message})`);
      }
  }
}

async function startWasm(): Promise<void> {
  if (prepared.has('wasm')) return choose('wasm');
  const listeners = exceptionListeners();
  try {
    await importBackend('@tensorflow/tfjs-backend-wasm', () => import('@tensorflow/tfjs-backend-wasm'));
    // Our kernels are compiled for unshared memory, which the threaded binary does not have.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
      throw new BackendError('backend "wasm": this machine runs no WebAssembly SIMD. Use backend: cpu.');
    }
    await choose('wasm');
    replaceKernels(wasmKernels(await WasmHeap.on(tf.backend() as BackendWasm)));
    prepared.add('wasm');
  } finally {
    listeners.restore();
  }
}

async function startCpu(): Promise<void> {
  if (!prepared.has('cpu')) {
    await importBackend('@tensorflow/tfjs-backend-cpu', () => import('@tensorflow/tfjs-backend-cpu'));
    replaceKernels(cpuKernels());
    prepared.add('cpu');
  }
  await choose('cpu');
}

async function importBackend(name: string, load: () => Promise<unknown>): Promise<void> {
  try {
    await load();
  } catch (error) {
    throw new BackendError(
      `${name} could not be loaded (${(error as Error).message}). Install it: npm install ${name}@${TFJS_VERSION}`,
      {
        cause: error,
      },
    );
  }
}

async function choose(name: BackendName): Promise<void> {
  // tf.setBackend answers false on failure, and the next op would run on another backend.
  if (await tf.setBackend(name)) return;
  throw new BackendError(
    `backend "${name}": TensorFlow.js could not start it. Use another backend; \`ablate list backends\` shows them.`,
  );
}

function replaceKernels(kernels: readonly tf.KernelConfig[]): void {
  for (const kernel of kernels) {
    if (tf.getKernel(kernel.kernelName, kernel.backendName)) tf.unregisterKernel(kernel.kernelName, kernel.backendName);
    tf.registerKernel(kernel);
  }
}

/** tfjs-backend-wasm adds process-wide handlers that rethrow; what a program does with its errors is the program's. */
function exceptionListeners(): { restore(): void } {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  if (typeof process === 'undefined' || typeof process.listeners !== 'function') return { restore() {} };
  const before = new Map(
    events.map((event) => [event, new Set<unknown>(process.listeners(event as 'uncaughtException'))]),
  );
  return {
    restore() {
      for (const event of events) {
        for (const listener of process.listeners(event as 'uncaughtException')) {
          if (before.get(event)?.has(listener) !== true) process.removeListener(event, listener);
        }
      }
    },
  };
}
