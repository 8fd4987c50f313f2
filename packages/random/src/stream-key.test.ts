import fc from 'fast-check';
import { expect, test } from 'vitest';
import { childKey, streamKey } from './stream-key.ts';

test('keys are what they were: a change would change every study', () => {
  const keys = [
    streamKey(0, ''),
    streamKey(1, 'data/split'),
    streamKey(2 ** 53 - 1, 'init/block2/conv1/kernel'),
    streamKey(7, 'λ'),
  ];
  expect(keys.map((key) => key.map((word) => word.toString(16).padStart(8, '0')).join(' '))).toMatchInlineSnapshot(`
    [
      "6627e8d5 e169c58d",
      "2617995c 55e9e87f",
      "84807477 83c30d63",
      "a38f1679 fb6e2c4a",
    ]
  `);
});

test('a key under a key is not the key of the joined name', () => {
  expect(childKey(streamKey(1, 'a'), 'b')).not.toEqual(streamKey(1, 'ab'));
});

test('different seeds and names never met in a sample', () => {
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(fc.nat(), fc.string({ unit: 'grapheme', maxLength: 40 }), (seed, name) => {
      const key = streamKey(seed, name).join();
      const input = JSON.stringify([seed, name]);
      expect(seen.get(key) ?? input).toBe(input);
      seen.set(key, input);
    }),
    { seed: 2, numRuns: import.meta.env.MODE === 'deep' ? 100_000 : 3000 },
  );
});

test.each([-1, 1.5, 2 ** 53, Number.NaN])('seed %d is refused', (seed) => {
  expect(() => streamKey(seed, 'x')).toThrow(
    `streamKey: seed must be a whole number from 0 to 2^53 - 1; received ${seed}.`,
  );
});
