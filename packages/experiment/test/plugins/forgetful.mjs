import { z } from 'zod';

/** A layer that counts its calls and keeps the count where no checkpoint finds it: a run that goes on can't be the same. */
export default {
  descriptor: {
    type: 'forgetful',
    className: 'Forgetful',
    summary: 'x times a number that grows with each call.',
    args: z.strictObject({}),
    inputs: 'one',
    outputShape: (_, [input]) => input,
    weights: () => [],
    macs: (_, [input]) => input.reduce((a, b) => a * b, 1),
    view: () => ({ kind: 'pointwise' }),
  },
  define: ({ tf }) =>
    class Forgetful extends tf.layers.Layer {
      static className = 'Forgetful';
      calls = 0;

      call(inputs) {
        this.calls++;
        return tf.tidy(() => tf.mul([inputs].flat()[0], 1 + this.calls / 1000));
      }
    },
};
