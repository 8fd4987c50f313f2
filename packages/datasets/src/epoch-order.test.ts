import { expect, test } from 'vitest';
import { epochOrder } from './epoch-order.ts';

test('every example once', () => {
  expect([...epochOrder(1, 3, 1000)].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

test('another order for each epoch and seed, the same for equal ones', () => {
  const orders = [epochOrder(1, 0, 50), epochOrder(1, 1, 50), epochOrder(2, 0, 50), epochOrder(2, 1, 50)];
  expect(new Set(orders.map(String)).size).toBe(4);
  expect(epochOrder(1, 1, 50)).toEqual(orders[1]);
});

test('orders are what they were: a change would change every study', () => {
  expect(String(epochOrder(0, 0, 10))).toMatchInlineSnapshot(`"5,2,8,4,1,9,3,6,7,0"`);
});
