import * as tf from '@tensorflow/tfjs-core';

/**
 * How often each kernel of the current backend is dispatched by `work`, by name. `Identity` and `Reshape` copy nothing:
 * tfjs dispatches an Identity for each tensor that it saves for a gradient.
 */
export async function countKernels(work: () => void): Promise<Map<string, number>> {
  const { kernels } = await tf.profile(() => {
    work();
    return tf.scalar(0);
  });
  const counts = new Map<string, number>();
  for (const { name } of kernels) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
