import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { BackendError } from './backend-error.ts';
import { cpuKernels } from './cpu/kernels.ts';
import { registerGradients } from './gradients/register.ts';
import type { BackendName, BackendRequest } from './schema/backend-request.ts';
import { copyKernels } from './wasm/copies.ts';
import { elementwiseKernels } from './wasm/elementwise.ts';
import { WasmHeap } from './wasm/heap.ts';
import { wasmKernels } from './wasm/kernels.ts';
import { reductionKernels } from './wasm/reductions.ts';

/** Version of every @tensorflow package: internals of the backends are used. */
export const TFJS_VERSION = '4.22.0';

/** What was started, and why. */
export interface StartedBackend {
  name: BackendName;
  requested: BackendRequest;
  reason: string;
  /** Version of TensorFlow.js. */
  tfjs: string;
  /**
   * Whether products and convolutions round once for a multiplication and the addition after it. The same program has
   * the same bits only where this is equal.
   */
  fusedMultiplyAdd: boolean;
}

export interface StartOptions {
  /**
   * Direct convolutions only. By default 3×3 convolutions of many channels take Winograd's method, three times faster
   * with five times the rounding error (relative, of the norm: 2e-6 instead of 4e-7); a NaN or an infinity then reaches
   * whole tiles of 4×4 outputs. A later call without it takes the default again.
   */
  precise?: boolean;
  /**
   * `false`: round after each multiplication, as processors without a fused multiply-add do, a fifth slower on those
   * with one: for the bits of a run that was made so. Default true: fused where processor and runtime can.
   */
  fusedMultiplyAdd?: boolean;
}

let started: Promise<StartedBackend> | undefined;
let cpuPrepared = false;
let heap: WasmHeap | undefined;

/**
 * Starts a backend, mends its kernels and gradients and makes it tfjs's current one. A thread has one tfjs: calls wait
 * for each other, and a later call switches it.
 *
 * @throws BackendError if the requested backend can't be had; there is no silent fall to another. `auto` takes wasm
 *   where it starts, else cpu, and says why.
 */
export function startBackend(
  request: BackendRequest = 'auto',
  { precise = false, fusedMultiplyAdd = true }: StartOptions = {},
): Promise<StartedBackend> {
  const options = { precise, fusedMultiplyAdd };
  const before = started ?? Promise.resolve();
  const next = before.then(
    () => start(request, options),
    () => start(request, options),
  );
  started = next;
  return next;
}

/** The memory that our kernels work on, once wasm was started. */
export function wasmHeap(): WasmHeap | undefined {
  return heap;
}

async function start(request: BackendRequest, options: Required<StartOptions>): Promise<StartedBackend> {
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
    fusedMultiplyAdd: name === 'wasm' && heap?.fusedMultiplyAdd === true,
  });
  switch (request) {
    case 'wasm':
      await startWasm(options);
      return result('wasm', 'as requested');
    case 'cpu':
      await startCpu();
      return result('cpu', 'as requested');
    case 'auto':
      try {
        await startWasm(options);
        return result('wasm', 'auto: the fastest that starts here');
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        await startCpu();
        return result('cpu', `auto: wasm does not start here (${error.message})`);
      }
  }
}

async function startWasm({ precise, fusedMultiplyAdd }: Required<StartOptions>): Promise<void> {
  if (heap !== undefined) {
    heap.precise = precise;
    await heap.takeKernels(fusedMultiplyAdd);
    return choose('wasm');
  }
  const listeners = exceptionListeners();
  try {
    await importBackend('@tensorflow/tfjs-backend-wasm', () => import('@tensorflow/tfjs-backend-wasm'));
    // Our kernels are compiled for unshared memory, which the threaded binary does not have.
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
      throw new BackendError('backend "wasm": this machine runs no WebAssembly SIMD. Use backend: cpu.');
    }
    await choose('wasm');
    const made = await WasmHeap.on(tf.backend() as BackendWasm);
    made.precise = precise;
    await made.takeKernels(fusedMultiplyAdd);
    replaceKernels([
      ...reductionKernels(made),
      ...elementwiseKernels(made),
      ...copyKernels(made),
      ...wasmKernels(made),
    ]);
    heap = made;
  } finally {
    listeners.restore();
  }
}

async function startCpu(): Promise<void> {
  if (!cpuPrepared) {
    await importBackend('@tensorflow/tfjs-backend-cpu', () => import('@tensorflow/tfjs-backend-cpu'));
    replaceKernels(cpuKernels());
    cpuPrepared = true;
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
