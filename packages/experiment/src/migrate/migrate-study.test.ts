import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap } from 'yaml';
import { expect, test } from 'vitest';
import { type Migration, migrateStudy } from './migrate-study.ts';

/* A made-up version 0, in which `dataset` was called `data` and epochs stood beside it. */
const fromZero: Migration = (document) => {
  if (!isMap(document.contents)) return;
  for (const pair of document.contents.items) {
    if (String(pair.key) === 'data') Object.assign(pair.key as object, { value: 'dataset', source: 'dataset' });
  }
  const epochs = document.get('epochs', true);
  document.delete('epochs');
  document.setIn(['training', 'epochs'], epochs);
};

const OLD = `# Why this study is made.

spec: 0 # the first version
title: "Widths"   # in quotes
# The data:
data: { name: mnist, limit: 600 }

epochs: 3
training:
  batchSize: 64 # as in the paper
variants:
  # narrow first
  b: { architecture: { name: mlp, units: [8] } }
  a:
    architecture: { name: mlp, units: [16] }
`;

test('an older version is brought up, with its comments, quotes and order', () => {
  const { text, from, to } = migrateStudy(OLD, { 0: fromZero });
  expect([from, to]).toEqual([0, 1]);
  expect(text).toMatchInlineSnapshot(`
    "# Why this study is made.

    spec: 1 # the first version
    title: "Widths" # in quotes
    # The data:
    dataset: { name: mnist, limit: 600 }
    training:
      batchSize: 64 # as in the paper
      epochs: 3
    variants:
      # narrow first
      b: { architecture: { name: mlp, units: [ 8 ] } }
      a:
        architecture: { name: mlp, units: [ 16 ] }
    "
  `);
});

test('several versions are passed one after the other', () => {
  const seen: number[] = [];
  const note =
    (version: number): Migration =>
    () =>
      void seen.push(version);
  expect(migrateStudy('spec: 1\n', { 1: note(1), 2: note(2) }, 3)).toEqual({ text: 'spec: 3\n', from: 1, to: 3 });
  expect(seen).toEqual([1, 2]);
});

test('a study of this version stays as it is, to the byte: today, every one', () => {
  const folder = join(import.meta.dirname, '../../../../experiments');
  const studies = readdirSync(folder).filter((name) => /^[^_].*\.yaml$/.test(name));
  expect(studies.length).toBeGreaterThan(1);
  for (const name of studies) {
    const text = readFileSync(join(folder, name), 'utf8');
    expect(migrateStudy(text)).toEqual({ text, from: 1, to: 1 });
  }
  const odd = 'spec:   1\r\ntitle:  "x"   # kept\r\n';
  expect(migrateStudy(odd)).toEqual({ text: odd, from: 1, to: 1 });
});

test('what can not be migrated says why', () => {
  expect(() => migrateStudy('spec: 0\n')).toThrowErrorMatchingInlineSnapshot(
    `[Error: migrate: there is no way from spec 0 to spec 1. Write the study anew.]`,
  );
  expect(() => migrateStudy('spec: 7\n')).toThrowErrorMatchingInlineSnapshot(
    `[Error: migrate: the study must have a version, \`spec\`, from 0 to 1; received 7.]`,
  );
  expect(() => migrateStudy('title: x\n')).toThrowErrorMatchingInlineSnapshot(
    `[Error: migrate: the study must have a version, \`spec\`, from 0 to 1; received none.]`,
  );
  expect(() => migrateStudy('- 1\n')).toThrowErrorMatchingInlineSnapshot(
    `[Error: migrate: the study must have a version, \`spec\`, from 0 to 1; received none.]`,
  );
  expect(() => migrateStudy('a: [\n')).toThrowErrorMatchingInlineSnapshot(`
    [Error: migrate: the study must be valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 2, column 1:

    a: [

    ^
    ]
  `);
});
