import { expect, test } from 'vitest';
import { planStudy } from '../plan/plan.ts';
import { formatProblems } from './problem.ts';
import { readStudy, type Study } from './read-study.ts';

const HEAD = `spec: 1
dataset: { name: mnist }
`;

test('every variant comes to the cost of the study; the plan tells how', () => {
  const plan = planStudy(
    read(`match: { parameters: 50000 }
variables: { k: [3, 5] }
variants:
  k\${k}: { architecture: { name: plain-cnn, kernelSizes: [$k, $k, $k] } }
  near: { architecture: { name: simple-cnn } }
`),
  );
  expect(plan.variants.map(({ name, summary }) => [name, summary.parameters.trainable])).toEqual([
    ['k3', 50_150],
    ['k5', 50_117],
    ['near', 50_186],
  ]);
  expect(plan.variants.map(({ match }) => match)).toMatchObject([
    { measure: 'parameters', target: 50_000, tolerance: 0.02, reached: 50_150, multiplier: 0.578125 },
    {
      changed: [
        { id: 'conv2d_1', from: 32, to: 14 },
        { id: 'conv2d_2', from: 64, to: 28 },
        { id: 'conv2d_3', from: 32, to: 15 },
      ],
    },
    { reached: 50_186, multiplier: 1, changed: [] },
  ]);
  // What is trained is the matched network.
  const [run] = plan.runs;
  expect(run?.config.graph.nodes.map(({ args }) => args['filters'] ?? null)).toEqual([19, 37, null, 19, null, null]);
});

test('scale: false reaches the search from the file', () => {
  const { variants } = read(`match: { macs: 2000000 }
variants:
  a:
    architecture:
      layers:
        - conv2d: { filters: 5, kernelSize: 3, padding: same, scale: false }
        - conv2d: { filters: 64, kernelSize: 3, padding: same }
        - globalAveragePooling2d
        - dense: { units: $classes }
`);
  expect(variants[0]?.graph.nodes.map(({ args }) => args['filters'])).toEqual([5, 56, undefined, undefined]);
  expect(variants[0]?.match).toMatchObject({ measure: 'macs', reached: 28 * 28 * 9 * 5 * (1 + 56) + 560 });
});

test('a variant may keep its widths, or have a budget of its own, if the study calls that unfair', () => {
  const { variants } = read(`match: { parameters: 50000, tolerance: 0.01 }
unfair: [match]
variants:
  matched: { architecture: { name: plain-cnn } }
  as-written: { match: null, architecture: { name: plain-cnn } }
  half: { match: { parameters: 25000 }, architecture: { name: plain-cnn } }
`);
  expect(variants.map(({ match }) => match && [match.target, match.tolerance])).toEqual([
    [50_000, 0.01],
    null,
    [25_000, 0.01],
  ]);
});

test('what a match gets wrong', () => {
  const wrong = [
    // No budget, two, and none that can be.
    `match: { tolerance: 0.1 }
variants: { a: { architecture: { name: mlp } } }`,
    `match: { parameters: 5, macs: 5 }
variants: { a: { architecture: { name: mlp } } }`,
    `match: { parameters: many, tolerence: 2 }
variants: { a: { architecture: { name: mlp } } }`,
    // Not listed as unfair.
    `match: { parameters: 50000 }
variants:
  a: { architecture: { name: mlp } }
  b: { match: null, architecture: { name: mlp } }`,
    // Out of reach.
    `match: { parameters: 500 }
variants:
  a: { architecture: { name: mlp } }
  b: { architecture: { layers: [flatten, { dense: { units: 10 } }] } }`,
    // The same network once its widths are solved.
    `match: { parameters: 50000 }
variants:
  narrow: { architecture: { name: plain-cnn, filters: [32, 64, 32] } }
  wide: { architecture: { name: plain-cnn, filters: [64, 128, 64] } }`,
  ];
  expect(wrong.map((text) => said(`${HEAD}${text}\n`)).join('\n\n')).toMatchInlineSnapshot(`
    "study.yaml:3:8  match: must have "parameters" or "macs"; received neither.
        3 | match: { tolerance: 0.1 }
          |        ^^^^^^^^^^^^^^^^^^

    study.yaml:3:8  match: must have "parameters" or "macs"; received both.
        3 | match: { parameters: 5, macs: 5 }
          |        ^^^^^^^^^^^^^^^^^^^^^^^^^^

    study.yaml:3:22  parameters: must be a whole number ≥ 1; received "many"
        3 | match: { parameters: many, tolerence: 2 }
          |                      ^^^^
    study.yaml:3:28  unknown key "tolerence" in match — did you mean "tolerance"?
        3 | match: { parameters: many, tolerence: 2 }
          |                            ^^^^^^^^^

    study.yaml:6:8  variants are matched alike, so a variant can't change match. If that difference is meant, list it: \`unfair: [match]\`.
        6 |   b: { match: null, architecture: { name: mlp } }
          |        ^^^^^

    study.yaml:5:22  match (study.yaml:3:8): no widths bring this network to 500 parameters within 2 %; the nearest is 807: every width that may change is 1 there. Change the network, the target or the tolerance.
        5 |   a: { architecture: { name: mlp } }
          |                      ^^^^^^^^^^^^^
    study.yaml:6:22  match (study.yaml:3:8): no widths bring this network to 500 parameters within 2 %; the nearest is 7,850: it has no width that may change. Change the network, the target or the tolerance.
        6 |   b: { architecture: { layers: [flatten, { dense: { units: 10 } }] } }
          |                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    study.yaml:6:3  variants "narrow" (study.yaml:5:3) and "wide" are twins: they build the same network and train it in the same way, so that comparing them shows nothing but noise. Change one, or remove it.
        6 |   wide: { architecture: { name: plain-cnn, filters: [64, 128, 64] } }
          |   ^^^^"
  `);
});

function read(text: string): Study {
  const study = readStudy({ file: 'study.yaml', text: HEAD + text });
  expect(formatProblems(study.problems, study.sources)).toBe('');
  return study;
}

function said(text: string): string {
  const { problems, sources } = readStudy({ file: 'study.yaml', text });
  return formatProblems(problems, sources);
}
