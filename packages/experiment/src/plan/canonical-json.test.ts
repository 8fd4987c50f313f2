import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

test('the order in which keys were written does not show, the order of lists does', () => {
  expect(canonicalJson({ b: [2, { d: null, c: 'ü"' }], a: true, left: undefined })).toBe(
    '{"a":true,"b":[2,{"c":"ü\\"","d":null}]}',
  );
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});

test.each([
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [undefined, 'undefined'],
  [1n, 'bigint'],
])('%s is refused, which JSON would change or lose', (value, shown) => {
  expect(() => canonicalJson({ deep: [value] })).toThrow(
    `canonicalJson: values must be plain JSON; received ${shown}.`,
  );
});
