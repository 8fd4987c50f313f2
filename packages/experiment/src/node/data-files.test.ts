import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { type Environment, explainRerun, formatDifference, planStudy, type RunConfig } from '../schema/index.ts';
import { withDataVersion } from './environment.ts';
import { loadStudy } from './load-study.ts';

/* Real files of a data set that change: hashed, not decoded. */

const HERE: Environment = { versions: { code: 'c0de', tfjs: '4.22.0' }, auto: 'cpu', workers: 1 };
const STUDY = `spec: 1
extends: ./data/_pets.yaml
training: { batchSize: 2 }
variants: { a: { architecture: { layers: [flatten, { dense: { units: $classes } }] } } }
`;

const folder = mkdtempSync(join(tmpdir(), 'ablate-data-'));
process.env['ABLATE_CACHE'] = join(folder, 'cache');
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  for (const name of ['cat', 'dog']) for (let i = 0; i < 5; i++) write(`data/pets/${name}/${i}.png`, `${name} ${i}`);
  write('data/_pets.yaml', 'spec: 1\ndataset: { name: image-folder, path: ./pets, imageSize: 8 }\n');
  write('study.yaml', STUDY);
});

test('a folder of images is listed, relative to the file that names it, and gives the classes', async () => {
  const study = await loadStudy(join(folder, 'study.yaml'));
  expect(study.problems).toEqual([]);
  expect(study.spec?.dataset).toMatchObject({ path: join(folder, 'data/pets') });
  expect(study.datasetFacts).toMatchObject({ classNames: ['cat', 'dog'], counts: { train: 8, test: 2 } });
  expect(planStudy(study).variants[0]?.summary.parameters.trainable).toBe(8 * 8 * 3 * 2 + 2);
});

test('a folder that is not there is said where it is written, and nothing of the networks', async () => {
  write('data/_pets.yaml', 'spec: 1\ndataset: { name: image-folder, path: ./pet, imageSize: 8 }\n');
  const { problems } = await loadStudy(join(folder, 'study.yaml'));
  expect(problems.map(({ message, origin: { file, line, column } }) => [file, line, column, message])).toEqual([
    [join(folder, 'data/_pets.yaml'), 2, 38, expect.stringContaining(join(folder, 'data/pet'))],
  ]);
});

test('changed files of the data are another run, and the reason says so; where they lie does not count', async () => {
  const [before, then] = await planned();
  expect(then.versions.data).toMatch(/^[0-9a-f]{64}$/);
  expect(await changes(before, then)).toEqual([]);
  write('data/pets/cat/0.png', 'another cat');
  expect(await changes(before, then)).toEqual([expect.stringMatching(/^data files: [0-9a-f]{64} → [0-9a-f]{64}$/)]);
  write('data/pets/cat/0.png', 'cat 0');
  for (const name of ['cat', 'dog']) for (let i = 0; i < 5; i++) write(`moved/${name}/${i}.png`, `${name} ${i}`);
  write('data/_pets.yaml', 'spec: 1\ndataset: { name: image-folder, path: ../moved, imageSize: 8 }\n');
  expect(await changes(before, then)).toEqual([]);
});

test('where the data is not at hand it is not said to have changed; data that is made has no files', async () => {
  const [before, then] = await planned();
  const [run] = planStudy(await loadStudy(join(folder, 'study.yaml')), {}, HERE).runs;
  expect(explainRerun({ config: before, backend: 'cpu', versions: then.versions }, run!.config, HERE)).toEqual([]);
  rmSync(join(folder, 'data/pets'), { recursive: true });
  const gone = await withDataVersion(HERE, before.dataset, false);
  expect(gone.versions).toEqual(HERE.versions);
  await expect(withDataVersion(HERE, before.dataset, true)).rejects.toThrow(join(folder, 'data/pets'));
  write('study.yaml', STUDY.replace('extends: ./data/_pets.yaml', 'dataset: { name: shapes }'));
  expect((await planned())[1].versions).toEqual({ ...HERE.versions, data: null });
});

async function planned(): Promise<[config: RunConfig, environment: Environment]> {
  const study = await loadStudy(join(folder, 'study.yaml'));
  expect(study.problems).toEqual([]);
  const [run] = planStudy(study, {}, HERE).runs;
  return [run!.config, await withDataVersion(HERE, run!.config.dataset, true)];
}

async function changes(config: RunConfig, { versions }: Environment): Promise<string[]> {
  const [now, environment] = await planned();
  return explainRerun({ config, backend: 'cpu', versions }, now, environment).map(formatDifference);
}

function write(name: string, text: string): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
}
