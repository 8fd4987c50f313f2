import { buildGraph, type Graph } from '@ablate/architectures/schema';
import { expect, test } from 'vitest';
import type { Origin } from './origin.ts';
import type { SpecProblem } from './problem.ts';
import { checkTwins } from './twins.ts';

const origin = (line: number): Origin => ({ file: 's.yaml', line, column: 3, endLine: line, endColumn: 4 });
const network = (...layers: unknown[]): Graph => {
  const { graph, problems } = buildGraph({ layers }, { inputShape: [8, 8, 1], classes: 4 });
  expect(problems).toEqual([]);
  return graph as Graph;
};

test.each([
  ['a size as one number or two', { kernelSize: 3 }, { kernelSize: [3, 3] }],
  ['strides as one number or two', { kernelSize: 3, strides: 2 }, { kernelSize: 3, strides: [2, 2] }],
  ['no activation or linear', { kernelSize: 3, activation: null }, { kernelSize: 3, activation: 'linear' }],
  ['a default or its value', { kernelSize: 3 }, { kernelSize: 3, padding: 'valid' }],
  ['other names', { kernelSize: 3, name: 'one' }, { kernelSize: 3, name: 'two' }],
])('networks that differ in writing alone are twins: %s', (_, first, second) => {
  expect(twins(first, second)).toHaveLength(1);
});

test.each([
  ['kernel sizes', { kernelSize: 3 }, { kernelSize: 5 }],
  ['activations', { kernelSize: 3 }, { kernelSize: 3, activation: 'relu' }],
])('networks that differ in their %s are none', (_, first, second) => {
  expect(twins(first, second)).toEqual([]);
});

function twins(first: object, second: object): SpecProblem[] {
  const problems: SpecProblem[] = [];
  const variants = [first, second].map((args, index) => ({
    name: `v${index}`,
    graph: network({ conv2d: { filters: 2, ...args } }, 'flatten', { dense: { units: 4 } }),
    training: {},
    augment: [],
    origin: origin(index + 1),
  }));
  checkTwins(variants, problems);
  return problems;
}
