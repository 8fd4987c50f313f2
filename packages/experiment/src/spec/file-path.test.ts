import { expect, test } from 'vitest';
import { isBaseFile, normalizePath, resolvePath } from './file-path.ts';

test.each([
  ['experiments/kernel-size.yaml', './_mnist.yaml', 'experiments/_mnist.yaml'],
  ['experiments/vision/a.yaml', '../_mnist.yaml', 'experiments/_mnist.yaml'],
  ['a.yaml', '_b.yaml', '_b.yaml'],
  ['a.yaml', '../_b.yaml', '../_b.yaml'],
  ['../up/a.yaml', '../../_b.yaml', '../../_b.yaml'],
  ['/etc/a.yaml', '../../_b.yaml', '/_b.yaml'],
  ['a.yaml', '/srv//x/./_b.yaml', '/srv/x/_b.yaml'],
  ['D:/studies/a.yaml', '../_b.yaml', 'D:/_b.yaml'],
])('in %s, %s is %s', (file, path, meant) => {
  expect(resolvePath(file, path)).toBe(meant);
});

test('a path is normal once and for all', () => {
  expect(normalizePath('./a/../b//c.yaml')).toBe('b/c.yaml');
  expect(normalizePath(normalizePath('../../x/../y'))).toBe('../../y');
});

test('a base is told by its own name, not by its folder', () => {
  expect(['_a.yaml', 'x/_a.yaml', '_x/a.yaml', 'a_.yaml'].map(isBaseFile)).toEqual([true, true, false, false]);
});
