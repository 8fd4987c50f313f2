import { z } from 'zod';

/** A layer as a user would write one: x times a learned number. */
export default {
  descriptor: {
    type: 'scaleBy',
    className: 'ScaleBy',
    summary: 'x times a learned number.',
    args: z.strictObject({ start: z.number().gt(0).default(1).describe('The number at first.') }),
    inputs: 'one',
    outputShape: (_, [input]) => input,
    weights: () => [{ name: 'factor', shape: [1], trainable: true, initializer: 'ones' }],
    macs: (_, [input]) => input.reduce((a, b) => a * b, 1),
    view: () => ({ kind: 'pointwise' }),
  },
  define: ({ tf }) =>
    class ScaleBy extends tf.layers.Layer {
      static className = 'ScaleBy';

      constructor({ start, ...base }) {
        super(base);
        this.start = start;
      }

      build() {
        this.factor = this.addWeight('factor', [1], 'float32', tf.initializers.ones());
        this.built = true;
      }

      call(inputs) {
        return tf.tidy(() => tf.mul([inputs].flat()[0], this.factor.read()));
      }

      getConfig() {
        return { ...super.getConfig(), start: this.start };
      }
    },
};
