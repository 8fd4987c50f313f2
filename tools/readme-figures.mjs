// @ts-check
/*
 * npm run readme:figures [-- options of bench/steps.mjs]
 * Measures the figures of the READMEs anew, the quickstart among them, and writes them between their comments
 * `<!-- figures: NAME -->` and `<!-- /figures -->`. Nothing is written where a measurement fails. Wants a quiet machine,
 * and says so in the figures where it has none.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machine, othersRunning } from '../bench/machine.mjs';
import { digits, table } from '../bench/markdown.mjs';

/** @typedef {{ network: string, batch: number, rows: { name: string, milliseconds: number, ratio: number }[] }} Compared */
/** @typedef {{ kernel: string, pass: string, rate: number, yardstick: number }} Measured */

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ablate-figures-'));
try {
  const quickstart = await quickstartFigures();
  run(['bench/run.mjs', '--json', join(folder, 'bench.json'), ...process.argv.slice(2)]);
  const { kernels, steps } = readJson('bench.json');
  fill('README.md', { quickstart, steps: stepFigures(steps) });
  fill('packages/tensor-backends/README.md', { kernels: kernelFigures(kernels) });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function quickstartFigures() {
  const notice = await othersRunning();
  const start = performance.now();
  run(['packages/cli/bin/ablate.js', 'run', 'experiments/quickstart.yaml', '--out', folder]);
  const seconds = Math.round((performance.now() - start) / 1000);
  const rows = readJson('quickstart/comparison.json').variants.map(
    (
      /** @type {{ name: string, seeds: number[], parameters: { trainable: number }, testAccuracy: { mean: number }, trainSeconds: number, examplesPerSecond: number }} */ variant,
    ) => {
      const { name, seeds, parameters, testAccuracy, trainSeconds, examplesPerSecond } = variant;
      const { config } = readJson(`quickstart/${name}/seed-${seeds[0]}/run.json`);
      return [
        name,
        parameters.trainable.toLocaleString('en'),
        String(config.training.epochs),
        `${(100 * testAccuracy.mean).toFixed(2)} %`,
        trainSeconds.toFixed(1),
        Math.round(examplesPerSecond).toLocaleString('en'),
      ];
    },
  );
  const head = ['60,000 images', 'parameters', 'epochs', 'test accuracy', 'training s', 'images/s'];
  const time = seconds < 100 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${table(head, rows)}\n\n${sentence(`Once built, in ${time} on ${machine()}.`, notice)}`;
}

/**
 * Ablate with the workers that `auto` takes, and its time ÷ that of each peer.
 *
 * @param {{ machine: string, notice: string, results: Compared[] }} steps
 */
function stepFigures({ machine: on, notice, results }) {
  const isOwn = (/** @type {{ name: string }} */ { name }) => name.startsWith('Ablate');
  const peers = [...new Set(results.flatMap(({ rows }) => rows.filter((row) => !isOwn(row)).map(({ name }) => name)))];
  const rows = results.map(({ network, batch, rows: compared }) => {
    const of = (/** @type {string} */ name) => compared.find((row) => row.name === name);
    const own = compared.find(isOwn);
    const ratios = peers.map((name) => of(name)?.ratio.toPrecision(2) ?? '');
    return [
      batch === 64 ? network : `${network}, batch ${batch}`,
      own === undefined ? '' : `${digits(own.milliseconds)} (${own.name.replace('Ablate, ', '')})`,
      ...ratios,
    ];
  });
  const head = ['', 'Ablate: ms', ...peers.map((name) => `÷ ${name}`)];
  return `${table(head, rows)}\n\n${sentence(`Ratios of step times, medians of alternating rounds: below 1, Ablate is faster. On ${on}.`, notice)}`;
}

/** @param {{ machine: { model: string, node: string }, peak: number, kernels: Measured[] }} measured */
function kernelFigures({ machine: { model, node }, peak, kernels }) {
  const passes = ['forward', 'input gradient', 'filter gradient'];
  const names = [...new Set(kernels.map(({ kernel }) => kernel))].filter((name) => /^(conv|depthwise)/.test(name));
  const rows = names.map((name) => [
    name,
    ...passes.map((pass) => {
      const found = kernels.find((result) => result.kernel === name && result.pass === pass);
      return found === undefined ? '' : `${((100 * found.rate) / found.yardstick).toFixed(0)} %`;
    }),
  ]);
  return `On ${model}, Node ${node}, one thread; the peak is ${peak.toFixed(0)} GFLOP/s.\n\n${table(['of peak', ...passes], rows)}`;
}

/** @param {string[]} args */
function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}; no figures were written`);
}

/** @param {string} name Below the folder of this run. */
function readJson(name) {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

/**
 * @param {string} file
 * @param {Record<string, string>} figures
 */
function fill(file, figures) {
  let text = readFileSync(join(root, file), 'utf8');
  for (const [name, figure] of Object.entries(figures)) {
    const block = new RegExp(`(<!-- figures: ${name} -->\n)[^]*?(<!-- /figures -->)`);
    if (!block.test(text)) throw new Error(`${file} has no <!-- figures: ${name} --> … <!-- /figures -->`);
    text = text.replace(block, (_, before, after) => `${before}${figure}\n${after}`);
  }
  writeFileSync(join(root, file), text);
}

/** @param {string} text @param {string} notice */
function sentence(text, notice) {
  return notice === '' ? text : `${text} ${notice}`;
}
