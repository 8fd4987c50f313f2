import { z } from 'zod';

/**
 * A layer of one's own, as a plugin: soft shrinkage, sign(x) · max(|x| − λ, 0), with a learned λ for each channel
 * (Donoho 1995, "De-noising by soft-thresholding"). Check it: ablate check-layer examples/soft-shrink.mjs
 */
export default {
  descriptor: {
    type: 'softShrink',
    className: 'SoftShrink',
    summary: 'Draws values towards 0 by a learned amount for each channel.',
    args: z.strictObject({ start: z.number().min(0).default(0.1).describe('The amount at first.') }),
    inputs: 'one',
    outputShape: (_, [input]) => input,
    weights: ({ start }, [input]) => [
      { name: 'threshold', shape: [input.at(-1)], trainable: true, initializer: { constant: start } },
    ],
    macs: () => 0,
    view: () => ({ kind: 'pointwise' }),
  },

  define: ({ tf }) =>
    class SoftShrink extends tf.layers.Layer {
      static className = 'SoftShrink';

      constructor({ start, ...base }) {
        super(base);
        this.start = start;
      }

      build(inputShape) {
        const initializer = tf.initializers.constant({ value: this.start });
        this.threshold = this.addWeight('threshold', [inputShape.at(-1)], 'float32', initializer);
        this.built = true;
      }

      call(inputs) {
        return tf.tidy(() => {
          const [x] = [inputs].flat();
          // sign(x) · max(|x| − λ, 0), without a product.
          const threshold = this.threshold.read();
          return tf.sub(tf.relu(tf.sub(x, threshold)), tf.relu(tf.sub(tf.neg(x), threshold)));
        });
      }

      getConfig() {
        return { ...super.getConfig(), start: this.start };
      }
    },

  /** What `ablate check-layer` tries it with. */
  cases: [
    { args: {}, inputs: [[3, 4, 2]] },
    { args: { start: 0.5 }, inputs: [[5]] },
  ],

  /** The same in plain loops. */
  reference({ inputs: [{ shape, data }], weights: { threshold } }) {
    const channels = shape.at(-1);
    const shrunk = data.map((x, i) => Math.sign(x) * Math.max(Math.abs(x) - threshold.data[i % channels], 0));
    return { shape, data: shrunk };
  },
};
