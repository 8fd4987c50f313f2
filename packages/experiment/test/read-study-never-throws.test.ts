import { randomStream } from '@ablate/random';
import { expect, test } from 'vitest';
import { planStudy, readStudy } from '../src/schema/index.ts';

const STUDY = `spec: 1
title: Everything
description: a study that uses what there is
backend: auto
seeds: [1, 2]
dataset: { name: mnist, limit: { train: 600, test: 100 }, split: { validation: 0.1 }, normalize: { mean: 0.1307, std: 0.3081 } }
training: { epochs: 2, batchSize: 64, optimizer: { name: momentum, learningRate: 0.01, nesterov: true } }
match: { parameters: 40000, tolerance: 0.1 }
unfair: [training.epochs]
variables: { k: [3, 5], act: relu, rate: 0.25 }
variants:
  mlp: { architecture: { name: mlp, units: [64, 256], batchNorm: true, dropout: $rate }, training: { epochs: 3 } }
  conv-\${k}:
    title: "kernel \${k}"
    architecture:
      layers:
        - conv2d: { filters: 8, kernelSize: $k, padding: same, activation: $act }
        - residual:
            main: [{ conv2d: { filters: 8, kernelSize: $k, padding: same } }, batchNormalization]
            activation: relu
        - parallel: { branches: [[maxPooling2d], [{ averagePooling2d: { poolSize: [2, 2] } }]], merge: concat }
        - flatten
        - dropout: { rate: 0.5 }
        - dense: { units: $classes }
analysis: [parameters, { timing: {} }]
`;

/** What stands in a value's place: each a mistake somewhere, and right elsewhere. */
const STRANGE = ['', 'null', '-1', '0', '0.5', '1e999', '.nan', '[]', '{}', '[[]]', 'true', '"a b"', '$classes', '$k'];
STRANGE.push(
  '$inputShape',
  '${rate}',
  '*x',
  '&x 1',
  '{ name: mlp }',
  '__proto__',
  'constructor',
  '99999999',
  '!!set {}',
);

const COUNT = import.meta.env.MODE === 'deep' ? 20_000 : 200;

test('the study that is spoilt below is sound', () => {
  const study = readStudy({ file: 'study.yaml', text: STUDY });
  expect(study.problems).toEqual([]);
  expect(study.variants.map(({ name }) => name)).toEqual(['mlp', 'conv-3', 'conv-5']);
});

test(`${COUNT} spoilt studies: each can be planned, or has problems inside the text`, () => {
  const random = randomStream(1, 'spoilt-studies');
  const spoilt = Array.from({ length: COUNT }, (_, index) => spoil(random.split(String(index))));
  const complaints = spoilt.map(complaint);
  expect(complaints.filter((found) => found !== null && found !== 'planned')).toEqual([]);
  // Some spoils are none, such as another number of units; most are.
  const planned = complaints.filter((found) => found === 'planned').length;
  expect(planned).toBeGreaterThan(COUNT / 100);
  expect(planned).toBeLessThan(COUNT / 2);
});

/** What is not as it should be with what is said of a text: null if nothing is, `planned` where nothing is said. */
function complaint(text: string): string | null {
  const { problems, ...study } = readStudy({ file: 'study.yaml', text });
  if (problems.length === 0) {
    return planStudy({ ...study, problems }).runs.length > 0 ? 'planned' : `no runs:\n${text}`;
  }
  const lines = text.split('\n').length;
  const bad = problems.find(
    ({ message, origin }) =>
      /internal|undefined|\[object/.test(message) ||
      origin.file !== 'study.yaml' ||
      !(origin.line >= 1 && origin.line <= lines && origin.column >= 1),
  );
  return bad === undefined ? null : `${JSON.stringify(bad)}:\n${text}`;
}

/** The study with one to three of its words replaced, left out or doubled. */
function spoil(random: ReturnType<typeof randomStream>): string {
  let text = STUDY;
  let draw = 0;
  const below = (bound: number) => Math.floor(random.uniform(draw++) * bound);
  for (let rounds = 1 + below(3); rounds > 0; rounds--) {
    const words = [...text.matchAll(/[\w$.{}"-]+(?=[,\s\]}:])/g)];
    const word = words[below(words.length)];
    if (word === undefined) continue;
    const pool = below(2) === 0 ? STRANGE : words.map(([other]) => other);
    const end = word.index + word[0].length;
    text = text.slice(0, word.index) + (pool[below(pool.length)] ?? '') + text.slice(end);
  }
  return text;
}
