import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'ablate-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ablate(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const program = createProgram({
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    interactive: false,
  });
  const code = await program.run(args);
  return { code, out, err };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const SHAPES = `spec: 1
title: Drawn shapes
dataset: { name: shapes, size: { train: 96, test: 96 } }
training: { epochs: 1, batchSize: 32 }
variants:
  small: { architecture: { name: mlp, units: [8] } }
  large: { architecture: { name: mlp, units: [32] } }
analysis: [parameters, timing]
`;

test('run trains, prints the comparison and leaves the results', async () => {
  const study = file('shapes.yaml', SHAPES);
  const results = join(folder, 'results');
  const { code, out, err } = await ablate('run', study, '--out', results, '--seed', '7', '--seed', '8');
  expect(err).toContain('[1/4] small/seed-7');
  expect(err).toMatch(/epoch 1\/1: loss \d/);
  expect(out).toMatch(/small\s+│\s+6,334\s+│\s+\d+\.\d\d ± \d+\.\d\d %/);
  expect(out).toMatch(/large\s+│\s+25,318\s+│/);
  expect(existsSync(join(results, 'shapes/large/seed-8/model/model.json'))).toBe(true);
  expect(JSON.parse(readFileSync(join(results, 'shapes/comparison.json'), 'utf8'))).toMatchObject({
    title: 'Drawn shapes',
  });
  expect(code).toBe(0);
  expect(readFileSync(join(results, 'shapes/large/seed-8/metrics.csv'), 'utf8')).toMatch(/^epoch,step,.*\n1,3,0.001,/);
  expect((await ablate('tensorboard', results)).out).toContain('4 runs written. Look at them: tensorboard --logdir ');
  expect(existsSync(join(results, 'shapes/large/seed-8/tensorboard/events.out.tfevents.0.ablate'))).toBe(true);
  expect(await ablate('tensorboard', join(folder, 'nowhere'))).toMatchObject({ code: 2 });
}, 120_000);

test('validate says everything that is wrong at once, exits with 2 and writes nothing', async () => {
  const study = file(
    'wrong.yaml',
    `spec: 1
title: Three mistakes
dataset: { name: mnist }
training: { epochs: many, batchsize: 64 }
variants:
  a:
    architecture:
      layers:
        - Con2d: { filters: 32, kernelSize: 3 }
        - flatten
        - dense: { units: $classes }
`,
  );
  const { code, err, out } = await ablate('validate', study);
  expect(out).toBe('');
  expect(code).toBe(2);
  const shown = relative(process.cwd(), study).startsWith('..') ? study : relative(process.cwd(), study);
  expect(err.replaceAll(shown, 'wrong.yaml')).toMatchInlineSnapshot(`
    "wrong.yaml:4:21  epochs: must be a whole number ≥ 1 and ≤ 10000; received "many"
        4 | training: { epochs: many, batchsize: 64 }
          |                     ^^^^
    wrong.yaml:4:27  unknown key "batchsize" in training — did you mean "batchSize"?
        4 | training: { epochs: many, batchsize: 64 }
          |                           ^^^^^^^^^
    wrong.yaml:9:11  unknown layer "Con2d" — did you mean "conv2d"?
        9 |         - Con2d: { filters: 32, kernelSize: 3 }
          |           ^^^^^
    3 problems. Nothing was run.
    "
  `);
});

test('run refuses a wrong study before anything is trained', async () => {
  const results = join(folder, 'never');
  const study = file(
    'indent.yaml',
    SHAPES.replace(
      '{ architecture: { name: mlp, units: [8] } }',
      `
    architecture:
      layers:
        - flatten
        - dense:
          units: $classes`,
    ),
  );
  const { code, err } = await ablate('run', study, '--out', results);
  expect(code).toBe(2);
  expect(err).toContain('indented');
  expect(existsSync(results)).toBe(false);
});

test('a file that is not there, a wrong flag, an unknown list: each says what to do', async () => {
  const missing = await ablate('validate', 'no/such.yaml');
  expect(missing).toMatchObject({ code: 2 });
  expect(missing.err).toMatchInlineSnapshot(`
    "ablate: study "no/such.yaml" can't be read: there is no such file. Name a YAML file, for example experiments/quickstart.yaml.
    1 problem. Nothing was run.
    "
  `);
  const flag = await ablate('run', 'x.yaml', '--epochs', 'zero');
  expect(flag.code).toBe(2);
  expect(flag.err).toContain('It must be a whole number ≥ 1; received "zero".');
  const backend = await ablate('run', file('b.yaml', SHAPES), '--backend', 'cuda');
  expect(backend).toMatchObject({ code: 2 });
  expect(backend.err).toMatchInlineSnapshot(`
    "--backend: must be one of "auto", "wasm", "cpu"; received "cuda"
    "
  `);
  expect((await ablate('list', 'layer')).err).toContain(
    'Name one of: architectures, layers, datasets, backends, metrics, analyses.',
  );
});

test('describe prints shapes, parameters and receptive fields, as text and as JSON', async () => {
  const study = file(
    'describe.yaml',
    `spec: 1
title: Kernel 3
dataset: { name: mnist }
variants:
  k3:
    architecture:
      layers:
        - conv2d: { filters: 32, kernelSize: 3, padding: same, activation: relu }
        - conv2d: { filters: 64, kernelSize: 3, padding: same, activation: relu }
        - maxPooling2d: { poolSize: 2 }
        - conv2d: { filters: 32, kernelSize: 3, padding: same, activation: relu }
        - flatten
        - dense: { units: $classes }
`,
  );
  const { code, out } = await ablate('describe', study);
  expect(code).toBe(0);
  // GOLDENS: after conv, conv, pool, conv: 3, 5, 6, 10.
  const fields = [...out.matchAll(/\b(\d+)×\1 +│ +\d+×\d+ +│/g)].map((match) => Number(match[1]));
  expect(fields.slice(0, 4)).toEqual([3, 5, 6, 10]);
  const json = JSON.parse((await ablate('describe', study, '--json')).out) as { variants: { name: string }[] }[];
  expect(json[0]?.variants[0]?.name).toBe('k3');
});

test('list names what a study can use', async () => {
  const layers = (await ablate('list', 'layers')).out;
  expect(layers).toMatch(/^conv2d +\S/m);
  expect((await ablate('list', 'metrics')).out).toMatch(/^testLoss +\S.* \(nats; lower is better\)$/m);
  expect((await ablate('list', 'backends')).out).toMatch(/^wasm +WebAssembly/m);
  expect((await ablate('list', 'architectures')).out).toMatch(/^residual-cnn +\S/m);
  expect((await ablate('list', 'datasets')).out).toMatch(/^mnist +handwritten digits/m);
});

test('--help has examples and exits with 0; no command is an error of use', async () => {
  const help = await ablate('run', '--help');
  expect(help.code).toBe(0);
  expect(help.out).toContain('ablate run study.yaml --epochs 1 --limit 512');
  expect((await ablate('rum')).code).toBe(2);
  expect(await ablate('--version')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) as string,
  });
});

test('a study that extends a base, one of its variants, and a value from the command line', async () => {
  file('_shapes.yaml', 'dataset: { name: shapes, size: { train: 96, test: 96 } }\ntraining: { batchSize: 32 }\n');
  const base = join(folder, '_shapes.yaml');
  const study = file(
    'extended.yaml',
    `spec: 1
extends: ./_shapes.yaml
variables: { units: [8, 16] }
variants:
  mlp-\${units}: { architecture: { name: mlp, units: [$units] } }
`,
  );
  const set = await ablate('validate', base, study, '--set', 'seeds=[1, 2, 3]', '--variant', 'mlp-16');
  expect(set).toEqual({
    code: 0,
    out: `${base}: valid; a base, for other files to extend.\n${study}: valid; 1 variant, 3 runs.\n`,
    err: '',
  });
  const described = await ablate('describe', study, '--json', '--only', 'mlp-8/seed-1');
  expect(JSON.parse(described.out)).toMatchObject([{ variants: [{ name: 'mlp-8' }] }]);
  expect(await ablate('run', study, '--variant', 'mlp-61')).toEqual({
    code: 2,
    out: '',
    err: '--variant: unknown variant "mlp-61" — did you mean "mlp-16"?\n',
  });
  expect(await ablate('run', study, '--set', 'training.epoch=1')).toMatchObject({
    code: 2,
    err: `--set:1:10  unknown key "epoch" in training — did you mean "epochs"?
    1 | training.epoch=1
      |          ^^^^^
1 problem. Nothing was run.
`,
  });
  expect((await ablate('validate', study, '--variant', 'a,,b')).code).toBe(2);
  expect((await ablate('run', base)).err).toContain('is a base and has no runs. Name a study that extends it.');
});
