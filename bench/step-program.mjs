// @ts-check
/* One replica of a benchmark: the product's own loop on made-up images, some steps at a time. */
import { toLayersModel } from '@ablate/architectures';
import { randomStream } from '@ablate/random';
import { memoryUse, startBackend } from '@ablate/tensor-backends';
import { fit } from '@ablate/training';
import { trainingSchema } from '@ablate/training/schema';
import * as tf from '@tensorflow/tfjs-core';

/**
 * @typedef {object} Task
 * @property {import('@ablate/architectures/schema').Graph} graph
 * @property {number} batch Examples a step.
 * @property {Int32Array} gate Steps that may be taken in all; the program waits where they are used up.
 */

/**
 * @param {Task} task
 * @param {import('@ablate/training').SharedReplica} replica
 * @param {(message: unknown) => void} say
 */
export default async function runSteps({ graph, batch, gate }, replica, say) {
  await startBackend('wasm');
  const model = toLayersModel(graph, { seed: 1 });
  const size = graph.inputShape.reduce((a, b) => a * b, 1);
  const count = 4 * batch;
  const pixels = randomStream(1, 'pixels').fillNormal(new Float32Array(count * size), 0, 1);
  const images = {
    count,
    shape: graph.inputShape,
    classes: 10,
    /** @param {ArrayLike<number>} rows */
    read(rows) {
      const x = new Float32Array(rows.length * size);
      for (let i = 0; i < rows.length; i++) x.set(pixels.subarray(rows[i] * size, (rows[i] + 1) * size), i * size);
      return { x, labels: Int32Array.from(rows, (row) => row % 10) };
    },
  };
  const kernels = phases(replica);
  let last = 0;
  let waited = 0;
  await fit(model, {
    train: images,
    recipe: trainingSchema.parse({ epochs: 10_000, batchSize: batch, evaluation: { trainExamples: 1 } }),
    seed: 1,
    replica,
    stepEvents: 1,
    onEvent(event) {
      if (replica.index !== 0 || event.type !== 'step') return;
      const now = performance.now();
      // A step that followed a wait, or an evaluation, is not timed.
      const time = last === 0 || event.step % 4 === 1 ? null : now - last;
      const waiting = replica.waited - waited;
      say({ step: event.step, time, ...kernels.take(), waiting, memory: memoryUse() });
      while (Atomics.load(gate, 0) <= event.step) Atomics.wait(gate, 0, event.step);
      kernels.take();
      last = performance.now();
      waited = replica.waited;
    },
  });
}

/**
 * Times every kernel of the backend, by the part of a step that it belongs to: the loss ends the forward pass, the
 * optimizer's kernel is the optimizer. Time that a kernel waits for other replicas is left out.
 *
 * @param {{ waited: number }} replica
 */
function phases(replica) {
  const zero = () => ({ forward: 0, backward: 0, optimizer: 0, kernels: 0 });
  let spent = zero();
  /** @type {'forward' | 'backward'} */
  let phase = 'forward';
  for (const config of tf.getKernelsForBackend('wasm')) {
    const { kernelName, kernelFunc } = config;
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({
      kernelName,
      backendName: 'wasm',
      kernelFunc(params) {
        const [start, waited] = [performance.now(), replica.waited];
        const result = kernelFunc(params);
        const time = performance.now() - start - (replica.waited - waited);
        const optimizer = kernelName === 'AblateAdamStep';
        spent[optimizer ? 'optimizer' : phase] += time;
        if (kernelName !== 'Identity' && kernelName !== 'Reshape') spent.kernels++;
        if (kernelName === 'AblateSoftmaxCrossEntropy') phase = 'backward';
        if (optimizer) phase = 'forward';
        return result;
      },
    });
  }
  return {
    /** What was spent since the last time. */
    take() {
      const taken = spent;
      spent = zero();
      return taken;
    },
  };
}
