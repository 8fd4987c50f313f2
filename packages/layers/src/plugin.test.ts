import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, model } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createLayer } from './create-layer.ts';
import { loadModel } from './load-model.ts';
import { definePlugin, type LayerPlugin } from './plugin.ts';
import { allLayerTypes, describeLayer, isLayerType, registerLayer } from './schema/layer-descriptors.ts';

const args = z.strictObject({ start: z.number().default(2) });
const scaleBy: LayerPlugin<z.output<typeof args>> = {
  descriptor: {
    type: 'scaleBy',
    className: 'ScaleBy',
    summary: 'x times a learned number.',
    args,
    inputs: 'one',
    outputShape: (_, [input = []]) => input,
    weights: () => [{ name: 'factor', shape: [1], trainable: true, initializer: 'ones' }],
    macs: (_, [input = []]) => input.reduce((a, b) => a * b, 1),
    view: () => ({ kind: 'pointwise' }),
  },
  define: ({ tf: { layers, initializers, mul } }) =>
    class ScaleBy extends layers.Layer {
      static className = 'ScaleBy';
      readonly #start: number;
      #factor: ReturnType<typeof this.addWeight> | undefined;
      constructor({ start, ...base }: { start: number; name: string }) {
        super(base);
        this.#start = start;
      }
      override build(): void {
        const initializer = initializers.constant({ value: this.#start });
        this.#factor = this.addWeight('factor', [1], 'float32', initializer);
        this.built = true;
      }
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        const [x = inputs as tf.Tensor] = [inputs].flat();
        return mul(x, this.#factor?.read() ?? 1);
      }
      override getConfig(): tf.serialization.ConfigDict {
        return { ...super.getConfig(), start: this.#start };
      }
    },
};

beforeAll(async () => {
  await startBackend('cpu');
  definePlugin(scaleBy, './scale-by.mjs');
});

test("a plugin's layer is known like any other, and may be defined again by the same file", () => {
  definePlugin(scaleBy, './scale-by.mjs');
  expect(isLayerType('scaleBy')).toBe(true);
  expect(allLayerTypes().at(-1)).toBe('scaleBy');
  expect(describeLayer('scaleBy').summary).toBe('x times a learned number.');
});

test('it is made with its arguments, and a saved model loads with it', async () => {
  const start = input({ shape: [2] });
  const outputs = createLayer('scaleBy', { start: 3 }, 'times').apply(start) as typeof start;
  const network = model({ inputs: start, outputs });
  expect(predict(network)).toEqual([3, 6]);
  const loaded = await loadModel(await saved(network));
  expect(predict(loaded)).toEqual([3, 6]);
  expect(() => createLayer('scaleBy', { strat: 3 }, 'times')).toThrow(/strat/);
});

test.each<[string, unknown, string, string]>([
  ['no descriptor', undefined, './a.mjs', 'descriptor must be an object with `type`, `args`, `outputShape`, ….'],
  [
    'a name that is taken',
    { ...scaleBy.descriptor, type: 'conv2d' },
    './a.mjs',
    'layer "conv2d" is already there. Give the plugin\'s layer another name.',
  ],
  [
    'a name that another plugin has',
    scaleBy.descriptor,
    './other.mjs',
    'layer "scaleBy" is already added by ./scale-by.mjs. Give one of them another name.',
  ],
  [
    'parts that are wrong or missing',
    { ...scaleBy.descriptor, type: 'Scale by', args: {}, macs: undefined },
    './a.mjs',
    'descriptor.type must be camelCase letters and digits, as in "scaleBy"; descriptor.args must be a schema of zod 4; descriptor.macs must be a function.',
  ],
])('refused: %s', (_, descriptor, source, message) => {
  expect(() => registerLayer(descriptor, source)).toThrow(new Error(message));
});

test('refused: a class that is no layer, that has another name, or a name of tf.layers', () => {
  const descriptor = { ...scaleBy.descriptor, type: 'other', className: 'Other' };
  const define = (plugin: Partial<LayerPlugin<z.output<typeof args>>>) =>
    definePlugin({ ...scaleBy, descriptor, ...plugin }, './a.mjs');
  expect(() => define({ define: () => Object as never })).toThrowErrorMatchingInlineSnapshot(
    `[Error: layer "other": define must return a subclass of tf.layers.Layer with \`static className = 'Other'\`; received no subclass of tf.layers.Layer.]`,
  );
  expect(() => define({})).toThrowErrorMatchingInlineSnapshot(
    `[Error: layer "other": define must return a subclass of tf.layers.Layer with \`static className = 'Other'\`; received className "ScaleBy".]`,
  );
  expect(() =>
    define({
      descriptor: { ...descriptor, className: 'Dense' },
      define: ({ tf: { layers } }) =>
        class Dense extends layers.Layer {
          static className = 'Dense';
        },
    }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[Error: layer "other": className "Dense" is already a class of tf.layers. Choose another.]`,
  );
});

function predict(network: LayersModel): number[] {
  return tf.tidy(() => [...(network.predict(tf.tensor2d([[1, 2]])) as tf.Tensor).dataSync()]);
}

async function saved(network: LayersModel): Promise<tf.io.IOHandler> {
  let artifacts: tf.io.ModelArtifacts = {};
  await network.save(
    tf.io.withSaveHandler((made) => {
      artifacts = made;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return tf.io.fromMemory(artifacts);
}
