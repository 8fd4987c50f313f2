import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadStudy } from './load-study.ts';

const folder = mkdtempSync(join(tmpdir(), 'ablate-load-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

test('a study is read with the files that it extends, each relative to the one that names it', async () => {
  file('_top.yaml', 'spec: 1\ndataset: { name: mnist }\n');
  file('shared/_net.yaml', 'extends: ../_top.yaml\narchitecture: { name: mlp, units: [8] }\n');
  const study = await loadStudy(file('studies/a.yaml', 'extends: ../shared/_net.yaml\nvariants: { a: {} }\n'), {
    sets: ['seeds=[5]'],
  });
  expect(study.problems).toEqual([]);
  expect(study.spec?.seeds).toEqual([5]);
  expect(study.variants.map(({ name }) => name)).toEqual(['a']);
});

test('a base that is not there: the likely one of its folder; a folder and a huge file: why not', async () => {
  file('_mnist.yaml', 'spec: 1\n');
  file('_huge.yaml', '#'.repeat(12_000_000));
  const messages = async (named: string) => {
    const { problems } = await loadStudy(file('b.yaml', `extends: ${named}\n`));
    return problems.map(({ message }) => message.replaceAll(folder, ''));
  };
  expect(await messages('_mnits.yaml')).toEqual([
    'extends: "/_mnits.yaml" can\'t be read: there is no such file — did you mean "_mnist.yaml"?',
  ]);
  expect(await messages('.')).toEqual([`extends: "" can't be read: it is a folder.`]);
  expect(await messages('_huge.yaml')).toEqual([
    'extends: "/_huge.yaml" can\'t be read: it has 12 MB; a study has a few kilobytes.',
  ]);
});

test('the study itself', async () => {
  await expect(loadStudy(join(folder, 'none.yaml'))).rejects.toThrow(
    `study "${join(folder, 'none.yaml')}" can't be read: there is no such file. Name a YAML file, for example experiments/quickstart.yaml.`,
  );
});
