import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toLayersModel } from '@ablate/architectures';
import { startBackend } from '@ablate/tensor-backends';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  explainRerun,
  formatDifference,
  formatProblems,
  planStudy,
  studyJsonSchema,
  type Study,
} from '../schema/index.ts';
import { definePlugins } from './define-plugins.ts';
import { loadStudy } from './load-study.ts';
import { runStudy } from './run-study.ts';

// Beside the fixture, so that plugins find zod.
const folder = mkdtempSync(join(import.meta.dirname, '../../test/plugins/tmp-'));
beforeAll(() => copyFileSync(join(folder, '../scale-by.mjs'), join(folder, 'scale-by.mjs')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STUDY = `spec: 1
dataset: { name: shapes, size: { train: 64, test: 64 } }
plugins: [./scale-by.mjs]
variants:
  plain: { architecture: { layers: [flatten, { dense: { units: $classes } }] } }
  scaled: { architecture: { layers: [flatten, { scaleBy: { start: 2 } }, { dense: { units: $classes } }] } }
`;
const HERE = { versions: { code: 'c0de', tfjs: '4.22.0' }, auto: 'cpu', workers: 1 } as const;

test('a layer of a plugin is known to its study: shapes, parameters, arguments, and which runs need it', async () => {
  const study = await read(STUDY);
  expect(problems(study)).toEqual([]);
  const { variants, runs } = planStudy(study, {}, HERE);
  expect(variants.map(({ summary }) => summary.parameters.trainable)).toEqual([784 * 6 + 6, 784 * 6 + 6 + 1]);
  expect(runs.map(({ config }) => config.plugins)).toEqual([[], study.plugins]);
  expect(study.plugins).toMatchObject([{ layers: ['scaleBy'], hash: expect.stringMatching(/^[0-9a-f]{32}$/) }]);
  const wrong = await read(
    STUDY.replace('start: 2', 'strat: 2').replace('flatten, { scaleBy', 'flatten, scaelBy, { scaleBy'),
  );
  expect(problems(wrong)).toEqual([
    'study.yaml:6:47  unknown layer "scaelBy" — did you mean "scaleBy"?',
    'study.yaml:6:69  unknown key "strat" in scaleBy — did you mean "start"?',
  ]);
});

test('a run with it is built where tensors are, and refuses a plugin that has changed', async () => {
  await startBackend('cpu');
  const [, run] = planStudy(await read(STUDY), {}, HERE).runs;
  const { plugins, graph, seed } = run!.config;
  await definePlugins(plugins);
  const model = toLayersModel(graph, { seed });
  expect(model.layers.map((layer) => layer.getClassName())).toEqual(['InputLayer', 'Flatten', 'ScaleBy', 'Dense']);
  expect(model.countParams()).toBe(784 * 6 + 6 + 1);
  model.dispose();
  const [first] = plugins;
  await expect(definePlugins([{ ...first!, hash: 'another' }])).rejects.toThrow(
    /^plugin ".*scale-by\.mjs" must be what/,
  );
});

test('a changed plugin is another run of the variants that use it, and the reason says so', async () => {
  const [plain, scaled] = planStudy(await read(STUDY), {}, HERE).runs.map(({ config }) => config);
  const file = join(folder, 'scale-by.mjs');
  writeFileSync(file, readFileSync(file, 'utf8').replace('x times a learned number.', 'A learned number times x.'));
  const [again, changed] = planStudy(await read(STUDY), {}, HERE).runs.map(({ config }) => config);
  const recorded = (config: typeof plain) => ({ config: config!, backend: 'cpu' as const, versions: HERE.versions });
  expect(explainRerun(recorded(plain), again!, HERE)).toEqual([]);
  expect(explainRerun(recorded(scaled), changed!, HERE).map(formatDifference)).toEqual([
    expect.stringMatching(/^plugins\.scale-by\.mjs: [0-9a-f]{32} → [0-9a-f]{32}$/),
  ]);
});

test('its run trains with it, and is measured later with it, in processes of their own', async () => {
  const text = STUDY.replace('plugins:', 'workers: 1\ntraining: { epochs: 1, batchSize: 16 }\nplugins:');
  const out = join(folder, 'results');
  const run = async (study: Study) => {
    const plan = planStudy(study, { variants: ['scaled'] });
    return runStudy(plan, { out });
  };
  expect(await run(await read(text))).toMatchObject({ done: 1, reused: 0, failed: [] });
  expect(await run(await read(`${text}analysis: [timing]\n`))).toMatchObject({ done: 1, reused: 1, failed: [] });
}, 120_000);

test('another study that does not name the plugin does not know its layer', async () => {
  await read(STUDY);
  expect(problems(await read(STUDY.replace('plugins: [./scale-by.mjs]\n', '')))).toEqual([
    expect.stringMatching(/^study\.yaml:5:49 {2}unknown layer "scaleBy"\. List them: ablate list layers$/),
  ]);
});

test('what can go wrong with a plugin is said at its line, and nothing else of its layers', async () => {
  writeFileSync(join(folder, 'throws.mjs'), "throw new Error('no GPU here.\\nAt all');\n");
  writeFileSync(join(folder, 'empty.mjs'), 'export const layer = 1;\n');
  writeFileSync(join(folder, 'taken.mjs'), `export default { descriptor: ${descriptor('conv2d')}, define() {} };\n`);
  writeFileSync(join(folder, 'half.mjs'), "export default { descriptor: { type: 'half' }, define() {} };\n");
  const named = ['throws.mjs', 'empty.mjs', 'taken.mjs', 'half.mjs', 'scale_by.mjs', './scale-by.mjs', 'scale-by.mjs'];
  const study = await read(
    STUDY.replace('[./scale-by.mjs]', `\n${named.map((name) => `  - ${name}\n`).join('')}`.trimEnd()),
  );
  expect(problems(study)).toMatchInlineSnapshot(`
    [
      "study.yaml:4:5  plugins: "throws.mjs" can't be used: no GPU here.",
      "study.yaml:5:5  plugins: "empty.mjs" can't be used: its default export must be { descriptor, define }, or a list of such.",
      "study.yaml:6:5  plugins: "taken.mjs" can't be used: layer "conv2d" is already there. Give the plugin's layer another name.",
      "study.yaml:7:5  plugins: "half.mjs" can't be used: descriptor.className must be PascalCase letters and digits, as in "ScaleBy"; descriptor.summary must be one line that says what the layer does; descriptor.args must be a schema of zod 4; descriptor.inputs must be "one" or "several"; descriptor.outputShape must be a function; descriptor.weights must be a function; descriptor.macs must be a function; descriptor.view must be a function.",
      "study.yaml:8:5  plugins: "scale_by.mjs" can't be used: there is no such file — did you mean "scale-by.mjs"?",
      "study.yaml:10:5  plugins: "scale-by.mjs" is already named at study.yaml:9:5. Keep one of them.",
    ]
  `);
});

test('the JSON Schema has the layers of plugins that are loaded', async () => {
  await read(STUDY);
  expect(studyJsonSchema().definitions?.['layer-scaleBy']).toMatchObject({
    properties: { start: { default: 1, description: 'The number at first.' } },
  });
});

function read(text: string): Promise<Study> {
  writeFileSync(join(folder, 'study.yaml'), text);
  return loadStudy(join(folder, 'study.yaml'));
}

function problems({ problems: found }: Study): string[] {
  return found.map((problem) =>
    formatProblems([problem], new Map()).replaceAll(/[^\s"]*\/(?=[\w-]+\.(?:yaml|mjs))/g, ''),
  );
}

function descriptor(type: string): string {
  return `{ type: '${type}', className: 'Own', summary: 'own', args: { _zod: {}, safeParse() {} }, inputs: 'one', outputShape() {}, weights() {}, macs() {}, view() {} }`;
}
