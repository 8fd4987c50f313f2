/* What the threads of not-finite.test.ts run: the fifth step has a row of which a layer makes an infinity. */
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { startBackend } from '@ablate/tensor-backends';
import { fit, type SharedReplica } from '../src/index.ts';
import { trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, withSeededWeights } from './problems.ts';

/** 1 / (x − 1000): infinite for a row of 1000. */
class Pole extends layers.Layer {
  static className = 'Pole';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor];
    return tf.tidy(() => tf.div(1, tf.sub(x, 1000)));
  }
}

export default async function trainToThePole(_: null, replica: SharedReplica): Promise<void> {
  await startBackend('wasm');
  const { x, labels } = blobs(32);
  const rows = x.map((row, i) => (i === 20 ? [1000, 1000] : row));
  const model = withSeededWeights(
    sequential({ layers: [new Pole({ name: 'pole', inputShape: [2] }), layers.dense({ units: 3 })] }),
  );
  await fit(model, {
    train: examplesOf(rows, labels),
    recipe: trainingSchema.parse({ epochs: 3, batchSize: 4 }),
    seed: 1,
    replica,
    checkpoints: { everySteps: 1, save: () => undefined },
    onEvent() {},
  });
}
