import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createNodes } from './plugin.mjs';

let workspaceRoot: string;
beforeEach(() => {
  workspaceRoot = mkdtempSync(join(tmpdir(), 'ablate-nx-'));
});
afterEach(() => rmSync(workspaceRoot, { recursive: true }));

test('a study is a target with what decides its result as inputs, and "experiment" is all of them', () => {
  write({ 'experiments/one.yaml': 'title: First', 'experiments/two.yaml': '' });
  expect(create('experiments/two.yaml', 'experiments/one.yaml')).toMatchInlineSnapshot(`
    [
      [
        "experiments/one.yaml",
        {
          "projects": {
            "experiments": {
              "implicitDependencies": [
                "@ablate/cli",
              ],
              "name": "experiments",
              "projectType": "application",
              "root": "experiments",
              "targets": {
                "experiment": {
                  "dependsOn": [
                    "experiment-one",
                    "experiment-two",
                  ],
                  "executor": "nx:noop",
                  "metadata": {
                    "description": "Runs every study.",
                  },
                },
                "experiment-one": {
                  "cache": true,
                  "command": "node packages/cli/bin/ablate.js run experiments/one.yaml",
                  "dependsOn": [
                    {
                      "projects": [
                        "@ablate/cli",
                      ],
                      "target": "build",
                    },
                  ],
                  "inputs": [
                    "{workspaceRoot}/experiments/one.yaml",
                    "^production",
                    {
                      "runtime": "node -v",
                    },
                    {
                      "env": "ABLATE_DATA",
                    },
                  ],
                  "metadata": {
                    "description": "First",
                  },
                  "outputs": [
                    "{workspaceRoot}/results/one",
                  ],
                  "parallelism": false,
                },
                "experiment-two": {
                  "cache": true,
                  "command": "node packages/cli/bin/ablate.js run experiments/two.yaml",
                  "dependsOn": [
                    {
                      "projects": [
                        "@ablate/cli",
                      ],
                      "target": "build",
                    },
                  ],
                  "inputs": [
                    "{workspaceRoot}/experiments/two.yaml",
                    "^production",
                    {
                      "runtime": "node -v",
                    },
                    {
                      "env": "ABLATE_DATA",
                    },
                  ],
                  "metadata": {
                    "description": "experiments/two.yaml",
                  },
                  "outputs": [
                    "{workspaceRoot}/results/two",
                  ],
                  "parallelism": false,
                },
              },
            },
          },
        },
      ],
    ]
  `);
});

describe('inputs of a study', () => {
  test('what it extends, and what that extends, from where each is', () => {
    write({
      'experiments/a.yaml': 'extends: [./_b.yaml, ../shared/c.yaml]',
      'experiments/_b.yaml': 'extends: _d.yaml',
      'shared/c.yaml': 'extends: deep/e.yaml',
      'shared/deep/e.yaml': '',
    });
    expect(filesOf('a')).toEqual([
      'experiments/a.yaml',
      'experiments/_b.yaml',
      'experiments/_d.yaml', // not there: the command says so, and Nx notices when it comes
      'shared/c.yaml',
      'shared/deep/e.yaml',
    ]);
  });

  test('files that extend each other', () => {
    write({ 'experiments/a.yaml': 'extends: _b.yaml', 'experiments/_b.yaml': 'extends: a.yaml' });
    expect(filesOf('a')).toEqual(['experiments/a.yaml', 'experiments/_b.yaml']);
  });

  test('the folders of its plugins, from where each is named; packages are not files', () => {
    write({
      'experiments/a.yaml': 'extends: ../shared/b.yaml\nplugins: [./layers/swish.mjs, some-package]',
      'shared/b.yaml': 'plugins: [./gem.mjs]',
    });
    expect(filesOf('a')).toEqual(['experiments/a.yaml', 'shared/b.yaml', 'shared/**/*', 'experiments/layers/**/*']);
  });

  test.each([
    ['cut off', 'title: "a'],
    ['two values', 'a: [1,\n b: }'],
    ['a list', '- extends: b.yaml'],
    ['extends of another type', 'extends: { a: 1 }'],
    ['an alias to nothing', 'extends: *b'],
  ])('a broken file (%s) still has its target', (_, text) => {
    write({ 'experiments/a.yaml': text });
    expect(filesOf('a')).toEqual(['experiments/a.yaml']);
  });

  test.each(['extends: ../../elsewhere.yaml', 'extends: /elsewhere.yaml', 'plugins: [../../plugin.mjs]'])(
    'with "%s" Nx can not see all of it, so nothing is cached',
    (text) => {
      write({ 'experiments/a.yaml': text });
      expect(filesOf('a')).toEqual(['experiments/a.yaml']);
      expect(target('a')).toMatchObject({ cache: false });
    },
  );
});

test('files to be extended are no studies; without studies there is no project', () => {
  write({ 'experiments/_base.yaml': '', 'experiments/a.yaml': '' });
  expect(create('experiments/_base.yaml')).toEqual([]);
  expect(create()).toEqual([]);
  const [entry] = create('experiments/_base.yaml', 'experiments/a.yaml');
  expect(Object.keys(entry?.[1].projects.experiments?.targets ?? {})).toEqual(['experiment-a', 'experiment']);
});

test('names that a shell or a file system could take for something else, all at once', () => {
  const names = ['a b', 'a;b', '$(b)', 'A', '-a', '.a', 'ü', 'fine-1.2_x'];
  expect(() => create(...names.map((name) => `experiments/${name}.yaml`))).toThrowErrorMatchingInlineSnapshot(
    `[Error: @ablate/nx: a study's file name must be a-z, 0-9, ".", "_" and "-" before .yaml, beginning with a letter or digit; received experiments/$(b).yaml, experiments/-a.yaml, experiments/.a.yaml, experiments/A.yaml, experiments/a b.yaml, experiments/a;b.yaml, experiments/ü.yaml. Rename it; what it is about goes into its title.]`,
  );
});

function write(files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(workspaceRoot, dirname(file)), { recursive: true });
    writeFileSync(join(workspaceRoot, file), text);
  }
}

function create(...files: string[]) {
  return createNodes[1](files, undefined, { workspaceRoot });
}

function target(id: string) {
  return create(`experiments/${id}.yaml`)[0]?.[1].projects.experiments?.targets[`experiment-${id}`];
}

/** The file inputs of a study's target, from the workspace root. */
function filesOf(id: string): string[] {
  const { inputs } = target(id) as { inputs: unknown[] };
  const prefix = '{workspaceRoot}/';
  return inputs
    .filter((input) => typeof input === 'string')
    .filter((input) => input.startsWith(prefix))
    .map((input) => input.slice(prefix.length));
}
