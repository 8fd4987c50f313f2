import { expect, test } from 'vitest';
import { formatProblems } from './problem.ts';
import { resolveSpec } from './resolve.ts';

const MNIST = () => ({ classes: 10, inputShape: [28, 28, 1] });

function resolve(text: string) {
  return resolveSpec({ file: 'study.yaml', text }, MNIST);
}

function problems(text: string): string {
  return formatProblems(resolve(text).problems, new Map([['study.yaml', text]]));
}

test('a variant expands over the list variables that it mentions, the first slowest', () => {
  const { variants, problems } = resolve(`
variables: { k: [3, 5], act: [relu, tanh], units: 64 }
variants:
  plain: { units: $units }
  k\${k}-\${act}: { kernelSize: $k, activation: $act, classes: $classes }
`);
  expect(problems).toEqual([]);
  expect(variants.map(({ name, value }) => [name, value])).toEqual([
    ['plain', { units: 64 }],
    ['k3-relu', { kernelSize: 3, activation: 'relu', classes: 10 }],
    ['k3-tanh', { kernelSize: 3, activation: 'tanh', classes: 10 }],
    ['k5-relu', { kernelSize: 5, activation: 'relu', classes: 10 }],
    ['k5-tanh', { kernelSize: 5, activation: 'tanh', classes: 10 }],
  ]);
});

test('a nested list is one value, a list of one too, and $$ is a dollar', () => {
  const { variants, problems } = resolve(`
variables: { kernels: [[1, 3, 5]], one: [7] }
variants: { a: { kernelSizes: $kernels, units: $one, title: "100 $$ for \${one}" } }
`);
  expect(problems).toEqual([]);
  expect(variants[0]?.value).toEqual({ kernelSizes: [1, 3, 5], units: 7, title: '100 $ for 7' });
});

test('a variant lies over the shared architecture; null deletes; a changed name replaces the whole', () => {
  const { variants } = resolve(`
architecture: { name: mlp, units: [64], dropout: 0.5 }
variants:
  same:
  less: { architecture: { dropout: null, units: [8, 8] } }
  other: { architecture: { name: simple-cnn } }
`);
  expect(variants.map(({ value }) => value)).toEqual([
    { architecture: { name: 'mlp', units: [64], dropout: 0.5 } },
    { architecture: { name: 'mlp', units: [8, 8] } },
    { architecture: { name: 'simple-cnn' } },
  ]);
});

test('every mistake with variables is reported at once, each where it is written', () => {
  expect(
    problems(`variables: { k: [3, 5], unused: 1, a: $b, b: $a }
training: { epochs: $k }
variants:
  fixed: { kernelSize: $k, units: $unit, x: $a }
  K: 1
  k: 1
  7up: "5 $ off"
`),
  ).toMatchInlineSnapshot(`
    "study.yaml:1:25  unused variable "unused": mention it as $unused, or remove it.
        1 | variables: { k: [3, 5], unused: 1, a: $b, b: $a }
          |                         ^^^^^^
    study.yaml:1:36  variables use each other in a circle: a → b → a.
        1 | variables: { k: [3, 5], unused: 1, a: $b, b: $a }
          |                                    ^
    study.yaml:2:21  the list variable "k" (2 values, study.yaml:1:14) can be used under "variants" only. To pass the list as one value, nest it: [[…]].
        2 | training: { epochs: $k }
          |                     ^^
    study.yaml:4:3  variant "fixed" uses the list variable "k" (2 values, study.yaml:1:14), so its name must mention it, as in "fixed-\${k}".
        4 |   fixed: { kernelSize: $k, units: $unit, x: $a }
          |   ^^^^^
    study.yaml:4:35  unknown variable "unit". The variables are: k, unused, a, b, classes, inputShape.
        4 |   fixed: { kernelSize: $k, units: $unit, x: $a }
          |                                   ^^^^^
    study.yaml:6:3  variant "k": names must differ by more than case; there already is "K" at study.yaml:5:3.
        6 |   k: 1
          |   ^
    study.yaml:7:3  variant "7up": a name must start with a letter and go on with letters, digits, ".", "_" and "-". Free text goes in the variant's title.
        7 |   7up: "5 $ off"
          |   ^^^
    study.yaml:7:11  a "$" must start a variable: $name, or \${name} inside text. A dollar is written $$.
        7 |   7up: "5 $ off"
          |           ^"
  `);
});

test('errors of syntax: one a line, in plain words', () => {
  expect(problems('a: [1, 2\nb: "open\n')).toMatchInlineSnapshot(`
    "study.yaml:2:1  "]" is missing, or is indented less than the line that opened it.
        2 | b: "open
          | ^
    study.yaml:3:1  a text in double quotes is not closed.
        3 | 
          | ^"
  `);
  expect(problems('a:\n\t- 1\n')).toMatchInlineSnapshot(`
    "study.yaml:2:1  indent with spaces: YAML does not allow tabs here.
        2 | 	- 1
          | ^"
  `);
  expect(problems('variants:\n  a: 1\n b: 2\n')).toMatchInlineSnapshot(`
    "study.yaml:3:1  wrong indentation: the keys of one map must start in the same column.
        3 |  b: 2
          | ^"
  `);
  expect(problems('a: 1\na: 2\nb: *none\n<<: {}\nvariants: { x: {} }\n')).toMatchInlineSnapshot(`
    "study.yaml:2:1  duplicate key "a": it is already at study.yaml:1:1. Keep one of them.
        2 | a: 2
          | ^
    study.yaml:3:4  unknown alias "*none": no &none comes before it.
        3 | b: *none
          |    ^^^^^
    study.yaml:4:1  merge keys ("<<") are not part of the spec. Write the keys out, or put an alias under a key of its own.
        4 | <<: {}
          | ^^"
  `);
  expect(problems('')).toMatchInlineSnapshot(`
    "study.yaml:1:1  the file is empty: a study needs at least \`spec\`, \`dataset\` and \`variants\`.
        1 | 
          | ^"
  `);
});

test('the origin of a value that came through a variable names both places', () => {
  const { variants } = resolve('variables: { u: 64 }\nvariants:\n  a: { units: $u }\n');
  expect(variants[0]?.origins.pointAt(['units'])).toMatchObject({ line: 1, column: 17, via: { line: 3, column: 15 } });
});
