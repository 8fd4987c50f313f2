import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';

/* The real contract, in the real process, on the plugin of examples/ and on copies of it that were spoilt. */

const EXAMPLE = fileURLToPath(new URL('../../../examples/soft-shrink.mjs', import.meta.url));
const text = readFileSync(EXAMPLE, 'utf8');
// Beside this file: a plugin imports zod.
const folder = mkdtempSync(fileURLToPath(new URL('./spoilt-', import.meta.url)));
afterAll(() => rmSync(folder, { recursive: true }));

async function checkLayer(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const terminal = { out: (part: string) => void (out += part), err: (part: string) => void (err += part) };
  const code = await createProgram({ ...terminal, interactive: false }).run(['check-layer', ...args]);
  return { code, out, err };
}

function spoilt(name: string, ...[before, after]: [string, string]): string {
  const changed = text.replace(before, after);
  expect(changed).not.toBe(text);
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, changed);
  return path;
}

test('the example passes every check on both backends', async () => {
  const { code, out } = await checkLayer(EXAMPLE);
  expect(out).toContain('│ softShrink       │ cpu ');
  expect(out).toMatch(/weight gradients │ passed \(largest error \d\.\d+e-\d+\)/);
  expect(out).toMatch(/All 52 checks passed\.\n$/);
  expect(code).toBe(0);
}, 60_000);

test.each<[string, string, string, RegExp]>([
  ['macs', 'macs: () => 0', 'macs: () => 7', /softShrink on cpu, macs, with .*7/],
  ['shape', 'outputShape: (_, [input]) => input', 'outputShape: (_, [input]) => [...input, 1]', /output shape, with /],
  [
    'gradient',
    'return tf.sub(tf.relu(tf.sub(x, threshold)), tf.relu(tf.sub(tf.neg(x), threshold)));',
    `const shrink = tf.customGrad((value, by, save) => {
            save([value, by]);
            const y = tf.sub(tf.relu(tf.sub(value, by)), tf.relu(tf.sub(tf.neg(value), by)));
            return { value: y, gradFunc: (dy) => [tf.mul(dy, 1.01), tf.sum(dy, dy.shape.slice(1).map((_, axis) => axis))] };
          });
          return shrink(x, threshold);`,
    /input gradients, with /,
  ],
  ['config', 'start: this.start };', '};', /save and load, with /],
  ['forward', 'tf.relu(tf.sub(tf.neg(x), threshold)));', 'tf.relu(tf.sub(tf.neg(x), 0)));', /forward, with /],
])(
  'a wrong %s fails, and is named',
  async (name, before, after, message) => {
    const { code, out } = await checkLayer(spoilt(name, before, after), '--backend', 'cpu');
    expect(out).toMatch(message);
    expect(out).toMatch(/\d+ of 26 checks failed\.\n$/);
    expect(code).toBe(1);
  },
  60_000,
);

test('what is no plugin is refused: not there, no layer, arguments that are not known, an unknown backend', async () => {
  const other = join(folder, 'other.mjs');
  writeFileSync(other, 'export default 3;');
  const needy = spoilt('needy', '.min(0).default(0.1)', '.min(0)');
  writeFileSync(needy, readFileSync(needy, 'utf8').replace(/cases: \[[^]*?\],\n\n/, ''));
  const messages = await Promise.all(
    [[join(folder, 'nowhere.mjs')], [other], [needy], [EXAMPLE, '--backend', 'gpuu']].map(async (args) => {
      const { code, err } = await checkLayer(...args);
      expect(code).toBe(2);
      return err.split('\n')[1]?.replaceAll(folder, '');
    }),
  );
  expect(messages).toEqual([
    'ablate: plugin "/nowhere.mjs": there is no such file.',
    'ablate: plugin "/other.mjs": its default export must be { descriptor, define }, or a list of such',
    'ablate: plugin "/needy.mjs": "softShrink" needs arguments or other inputs than [4, 4, 3]. Say with which to try it: `cases: [{ args: { … }, inputs: [[4, 4, 3]] }]` beside its descriptor.',
    'ablate: backend must be one of auto, wasm, cpu; received "gpuu".',
  ]);
}, 60_000);
