import * as tf from '@tensorflow/tfjs-core';
import { now } from './measure.ts';

/** Calls and milliseconds of each kernel. */
export type Profile = Map<string, { calls: number; milliseconds: number }>;

/** Runs `work` with every kernel of the current backend timed. Kernels do not call each other through tfjs. */
export function profileKernels(work: () => void): Profile {
  const profile: Profile = new Map();
  const backendName = tf.getBackend();
  // Without their set-up functions: those ran when the backend started.
  const originals = tf
    .getKernelsForBackend(backendName)
    .map(({ kernelName, kernelFunc }) => ({ kernelName, backendName, kernelFunc }));
  const replace = (configs: readonly tf.KernelConfig[]) => {
    for (const config of configs) {
      tf.unregisterKernel(config.kernelName, backendName);
      tf.registerKernel(config);
    }
  };
  replace(
    originals.map((config) => ({
      ...config,
      kernelFunc: (params) => {
        const start = now();
        const result = config.kernelFunc(params);
        const entry = profile.get(config.kernelName) ?? { calls: 0, milliseconds: 0 };
        profile.set(config.kernelName, {
          calls: entry.calls + 1,
          milliseconds: entry.milliseconds + now() - start,
        });
        return result;
      },
    })),
  );
  try {
    work();
  } finally {
    replace(originals);
  }
  return profile;
}
