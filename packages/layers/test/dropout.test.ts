import { Dropout, type RandomPlace } from '@ablate/layers';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

const random: RandomPlace = { seed: 5, step: 7, row: 0 };
const layerNamed = (name: string) => new Dropout({ rate: 0.25 }, { name });
const train = (layer: Dropout, x: tf.Tensor, place?: RandomPlace) =>
  layer.call(x, { training: true, random: place }).dataSync();

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await startBackend(backend);
  });

  test('keeps three quarters of the elements, scaled by 4/3', () => {
    const y = train(layerNamed('a'), tf.ones([100, 100]), random);
    const kept = y.filter((value) => value !== 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(4 / 3)]));
    // Five standard errors of a binomial.
    expect(Math.abs(kept.length / 10_000 - 0.75)).toBeLessThan(5 * Math.sqrt((0.75 * 0.25) / 10_000));
  });

  test('the same place gives the same mask; another name, seed, step or row another one', () => {
    const x = tf.ones([8, 33]);
    const mask = train(layerNamed('block/drop'), x, random).join();
    expect(train(layerNamed('block/drop'), x, random).join()).toBe(mask);
    const others = [
      train(layerNamed('block/drop2'), x, random),
      train(layerNamed('block/drop'), x, { ...random, seed: 6 }),
      train(layerNamed('block/drop'), x, { ...random, step: 8 }),
      train(layerNamed('block/drop'), x, { ...random, row: 1 }),
    ].map((other) => other.join());
    expect(new Set([mask, ...others]).size).toBe(5);
  });

  test('shards with their row of the global batch make the mask of the whole batch', () => {
    const layer = layerNamed('drop');
    const whole = train(layer, tf.ones([7, 5, 3]), random);
    const shards = [
      ...train(layer, tf.ones([4, 5, 3]), random),
      ...train(layer, tf.ones([3, 5, 3]), { ...random, row: 4 }),
    ];
    expect(shards).toEqual([...whole]);
  });

  test('without a place it counts its own steps, the same in every layer of that name and seed', () => {
    const x = tf.ones([4, 16]);
    const layer = layerNamed('own');
    const steps = [train(layer, x), train(layer, x)].map(String);
    expect(steps[0]).not.toBe(steps[1]);
    const again = layerNamed('own');
    expect([train(again, x), train(again, x)].map(String)).toEqual(steps);
    expect(String(train(new Dropout({ rate: 0.25 }, { name: 'own', seed: 1 }), x))).not.toBe(steps[0]);
  });

  test('outside training it changes nothing', () => {
    const x = tf.tensor([1, 2, 3, 4]);
    expect([...layerNamed('a').call(x, {}).dataSync()]).toEqual([1, 2, 3, 4]);
    expect([...layerNamed('a').call(x, { training: false, random }).dataSync()]).toEqual([1, 2, 3, 4]);
  });
});

test('both backends draw the same mask, to the bit', async () => {
  const masks: string[] = [];
  for (const backend of ['cpu', 'wasm'] as const) {
    await startBackend(backend);
    masks.push(train(layerNamed('x'), tf.ones([6, 31]), random).join());
  }
  expect(masks[0]).toBe(masks[1]);
});

test('a place with missing or negative parts is refused', () => {
  const call = (place: unknown) => layerNamed('drop').call(tf.ones([1, 2]), { training: true, random: place });
  expect(() => call({ seed: 1, step: -1, row: 0 })).toThrowErrorMatchingInlineSnapshot(
    `[Error: drop: kwargs.random must have seed, step and row, whole numbers from 0; received {"seed":1,"step":-1,"row":0}.]`,
  );
});
