import { readFileSync } from 'node:fs';
import { createLayer } from '@ablate/layers';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, expect, test } from 'vitest';

/* The numbers of docs/layers.md: what the layers give, and that the page says so. */

const page = readFileSync(new URL('../../../docs/layers.md', import.meta.url), 'utf8');

beforeAll(() => startBackend('wasm'));
afterEach(() => tf.disposeVariables());

test('generalized mean: between mean and maximum', () => {
  const { network, layer } = networkOf('generalizedMeanPooling2d', {}, [2, 2, 1]);
  const at = (p: number) => {
    layer.setWeights([tf.tensor1d([p])]);
    return numbers(network.predict(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])))[0];
  };
  const given = [1, 3, 10].map(at);
  expect(given).toEqual([2.5, 2.924, 3.502]);
  // (1³ + 2³ + 3³ + 4³) / 4 = 25, whose cube root is 2.924.
  expect(page).toContain(`p = 1 gives ${given[0]}, p = 3 gives ${given[1]}, p = 10 gives ${given[2]}`);
});

test('squeeze-excitation: channels scaled by gates', () => {
  const { network, layer } = networkOf('squeezeExcitation', { reduction: 2 }, [1, 2, 2]);
  layer.setWeights([tf.tensor2d([[0.5], [0.5]]), tf.tensor1d([0]), tf.tensor2d([[1, -1]]), tf.tensor1d([0, 0])]);
  // Two pixels of two channels, whose means are 1 and 3.
  const given = numbers(network.predict(tf.tensor4d([0, 2, 2, 4], [1, 1, 2, 2])));
  // σ(2) = 0.881 and σ(−2) = 0.119.
  expect(given).toEqual([0, 0.238, 1.762, 0.477]);
  expect(page).toContain(`(0, 2), (2, 4) become (${given[0]}, ${given[1]}), (${given[2]}, ${given[3]})`);
});

test('drop path: whole examples, by seed, step and row', () => {
  const { layer } = networkOf('dropPath', { rate: 0.5 }, [1]);
  const rows = (step: number, row: number, count: number) =>
    numbers(layer.call(tf.ones([count, 1]), { training: true, random: { seed: 1, step, row } }));
  const whole = rows(0, 0, 6);
  expect(new Set(whole)).toEqual(new Set([0, 2]));
  expect([...rows(0, 0, 3), ...rows(0, 3, 3)]).toEqual(whole);
  expect(rows(1, 0, 6)).not.toEqual(whole);
  expect(page).toContain(`become ${whole.join(', ')} in step 0 of seed 1, and ${rows(1, 0, 6).join(', ')} in the next`);
});

function networkOf(type: string, args: Record<string, unknown>, shape: number[]) {
  const start = input({ shape });
  const layer = createLayer(type, args, 'layer');
  const network: LayersModel = model({ inputs: start, outputs: layer.apply(start) as SymbolicTensor });
  return { layer, network };
}

function numbers(tensor: tf.Tensor | tf.Tensor[]): number[] {
  return Array.from(([tensor].flat()[0] as tf.Tensor).dataSync(), (value) => Number(value.toFixed(3)));
}
