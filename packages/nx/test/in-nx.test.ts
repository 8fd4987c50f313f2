import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const require = createRequire(import.meta.url);
const nxManifest = require.resolve('nx/package.json');
const { bin } = require(nxManifest) as { bin: { nx: string } };
const nxBin = join(dirname(nxManifest), bin.nx);
const nodeModules = dirname(dirname(nxManifest));
const plugin = fileURLToPath(new URL('../src', import.meta.url));

let workspace: string;
beforeAll(async () => {
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'ablate-in-nx-')));
  await write('package.json', JSON.stringify({ name: 'w', private: true, workspaces: ['packages/*'] }));
  await write(
    'nx.json',
    JSON.stringify({
      cacheDirectory: '.nx/cache',
      analytics: false,
      neverConnectToCloud: true,
      useDaemonProcess: false,
      plugins: ['./packages/nx/src/plugin.mjs'],
      pluginsConfig: { '@nx/js': { analyzeSourceFiles: false } },
      namedInputs: { production: ['{projectRoot}/**/*'] },
    }),
  );
  await write('.gitignore', 'node_modules/\n.nx/\nresults/\nruns.txt\n');
  await write(
    'packages/cli/package.json',
    JSON.stringify({ name: '@ablate/cli', version: '0.0.0', scripts: { build: 'echo build >> ../../runs.txt' } }),
  );
  await write(
    'packages/cli/bin/ablate.js',
    `const fs = require('node:fs');\nfs.appendFileSync('runs.txt', process.argv.slice(2).join(' ') + '\\n');\n`,
  );
  await mkdir(join(workspace, 'packages/nx'), { recursive: true });
  await symlink(plugin, join(workspace, 'packages/nx/src'), 'junction');
  await symlink(nodeModules, join(workspace, 'node_modules'), 'junction');
});
afterAll(() => rm(workspace, { recursive: true }));

test('Nx runs each study after the build, then from its cache until something of it changes', async () => {
  await write('experiments/a.yaml', 'extends: ./_base.yaml');
  await write('experiments/b.yaml', 'broken: [');
  await write('experiments/_base.yaml', 'spec: 1');
  await nx('run-many', '-t', 'experiment');
  expect(await runs()).toEqual(['build', 'run experiments/a.yaml', 'run experiments/b.yaml']);

  await appendFile(join(workspace, 'experiments/_base.yaml'), '\n# changed\n');
  await nx('run-many', '-t', 'experiment');
  expect(await runs()).toEqual(['build', 'run experiments/a.yaml']);

  await appendFile(join(workspace, 'packages/cli/bin/ablate.js'), '// changed\n');
  await nx('run', 'experiments:experiment-b');
  expect(await runs()).toEqual(['build', 'run experiments/b.yaml']);
}, 240_000); // each Nx takes seconds to start, and more beside other tests

async function write(file: string, text: string): Promise<void> {
  await mkdir(join(workspace, dirname(file)), { recursive: true });
  await writeFile(join(workspace, file), text);
}

/** What ran since the last call; the build first, the studies in order of their names. */
async function runs(): Promise<string[]> {
  const file = join(workspace, 'runs.txt');
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  await rm(file);
  return [...lines.slice(0, 1), ...lines.slice(1).sort()];
}

/** Without the variables of an Nx that these tests may themselves run in: they would lead to its own workspace. */
async function nx(...args: string[]): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NX_')));
  await promisify(execFile)(process.execPath, [nxBin, ...args], {
    cwd: workspace,
    env: { ...env, NX_TUI: 'false' },
  });
}
