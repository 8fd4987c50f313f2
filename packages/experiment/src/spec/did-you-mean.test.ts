import { expect, test } from 'vitest';
import { closest, didYouMean } from './did-you-mean.ts';

const LAYERS = ['conv2d', 'dense', 'batchNormalization', 'flatten', 'add'];

test.each<[string, string | undefined, string]>([
  ['Con2d', 'conv2d', 'a letter is missing'],
  ['CONV2D', 'conv2d', 'case'],
  ['desne', 'dense', 'two letters swapped'],
  ['batchNorm', 'batchNormalization', 'it goes on where the name stops'],
  ['ad', 'add', 'one letter of three'],
  ['lstm', undefined, 'nothing is near'],
  ['de', undefined, 'two letters begin many names'],
  ['bn', 'batchNormalization', 'its initials'],
  ['', undefined, 'nothing is written'],
])('%s → %s: %s', (name, meant) => {
  expect(closest(name, LAYERS)).toBe(meant);
});

test('the end of the sentence: a guess, else the names, else nothing', () => {
  expect(didYouMean('dens', LAYERS, 'known layers')).toBe(' — did you mean "dense"?');
  expect(didYouMean('lstm', ['dense', 'add'], 'known layers')).toBe('. The known layers are: dense, add.');
  expect(didYouMean('lstm', [], 'known layers')).toBe('.');
  const many = Array.from({ length: 17 }, (_, i) => `layer-${i}`);
  expect(didYouMean('lstm', many, 'known layers')).toBe('. List them: ablate list layers');
});
