import { toLayersModel } from '@ablate/architectures';
import { buildGraph, type Graph } from '@ablate/architectures/schema';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { DEEP, figure } from './figures.ts';
import { receptiveFields } from '../src/schema/index.ts';

/*
 * What an output element sees, found by changing the input: no weight is negative, so nothing cancels, and a change of
 * a thousand wins every maximum. Each row and each column of the input is changed as a whole.
 */
// Room for the largest of them, 71 pixels, around the middle element.
const EXTENT = 96;

beforeAll(async () => {
  await startBackend('wasm');
});

test('changing pixels reaches the middle element from its receptive field and from nowhere else', () => {
  const kernel = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
  const conv = (more: object) => fc.record({ kernelSize: kernel, ...more }).map(layer('conv2d'));
  const padding = fc.constantFrom('same', 'valid');
  const strided = conv({ strides: fc.integer({ min: 1, max: 2 }), padding });
  const dilated = conv({ dilationRate: fc.integer({ min: 1, max: 3 }), padding });
  const pool = fc
    .record({ poolSize: fc.integer({ min: 1, max: 3 }), strides: fc.integer({ min: 1, max: 2 }), padding })
    .chain((args) => fc.constantFrom({ maxPooling2d: args }, { averagePooling2d: args }));
  // Branches of equal stride give equal extents.
  const branches = fc.integer({ min: 1, max: 2 }).chain((strides) => {
    const branch = fc.tuple(
      conv({ strides: fc.constant(strides) }),
      conv({ dilationRate: fc.integer({ min: 1, max: 2 }) }),
    );
    return fc.oneof(
      fc.tuple(branch, branch).map(([main, shortcut]) => ({ residual: { main, shortcut } })),
      fc.tuple(branch, branch, branch).map((all) => ({ parallel: { branches: all } })),
    );
  });
  const layers = fc.array(fc.oneof(strided, dilated, pool, branches), { minLength: 1, maxLength: 3 });
  let misaligned = 0;
  fc.assert(
    fc.property(layers, (list) => {
      const { expected, seen, aligned } = look(list);
      if (!aligned) misaligned++;
      expect(seen).toEqual(expected);
    }),
    { seed: 7, numRuns: RUNS },
  );
  figure(
    `receptive fields of ${RUNS} random networks, ${misaligned} of them with misaligned paths: as pixels show, all of them`,
  );
  // Both kinds of joins were among them.
  expect(misaligned).toBeGreaterThan(0);
  expect(misaligned).toBeLessThan(RUNS);
});

const RUNS = DEEP ? 200 : 8;

/** First and last row and column that reach the middle element: as the receptive field says, and as is found. */
function look(list: readonly unknown[]): { expected: number[]; seen: number[]; aligned: boolean } {
  const { graph: whole, problems } = buildGraph(
    { layers: [...list, 'flatten', { dense: { units: 2 } }] },
    { inputShape: [EXTENT, EXTENT, 1], classes: 2 },
  );
  expect(problems).toEqual([]);
  const nodes = (whole as Graph).nodes.slice(0, -2);
  const output = nodes.at(-1)?.id ?? '';
  const graph: Graph = { inputShape: [EXTENT, EXTENT, 1], nodes, output };
  const field = receptiveFields(graph).get(output);
  if (field?.kind !== 'window') throw new Error('there is nothing global in these networks');
  const model = toLayersModel(graph, { seed: 1 });
  let middle: [number, number] = [0, 0];
  const changes = tf.tidy(() => {
    model.setWeights(model.getWeights().map((weight) => tf.add(tf.abs(weight), 0.1)));
    const line = tf.mul(1000, tf.eye(EXTENT));
    const rows = tf.tile(tf.reshape(line, [EXTENT, EXTENT, 1, 1]), [1, 1, EXTENT, 1]);
    const columns = tf.tile(tf.reshape(line, [EXTENT, 1, EXTENT, 1]), [1, EXTENT, 1, 1]);
    const inputs = tf.add(1, tf.concat([tf.zeros([1, EXTENT, EXTENT, 1]), rows, columns]));
    const outputs = model.predict(inputs, { batchSize: 256 }) as tf.Tensor4D;
    const [, height, width] = outputs.shape;
    middle = [Math.floor(height / 2), Math.floor(width / 2)];
    const values = tf.slice(outputs, [0, ...middle, 0], [-1, 1, 1, -1]);
    return tf.any(tf.notEqual(values, tf.slice(values, 0, 1)), [1, 2, 3]);
  });
  const changed = changes.dataSync();
  changes.dispose();
  const touched = (from: number) => {
    const part = changed.subarray(from, from + EXTENT);
    return [part.indexOf(1), part.lastIndexOf(1)];
  };
  const seen = [...touched(1), ...touched(1 + EXTENT)];
  model.dispose();
  const expected = ([0, 1] as const).flatMap((axis) => {
    const start = middle[axis] * field.stride[axis] - field.padding[axis];
    return [start, start + field.size[axis] - 1];
  });
  return { expected, seen, aligned: field.misaligned !== true };
}

function layer(type: string) {
  return (args: object) => ({ [type]: { filters: 2, padding: 'same', ...args } });
}
