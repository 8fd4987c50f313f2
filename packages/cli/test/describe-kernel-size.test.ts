import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeMatch } from '../src/describe-match.ts';
import { createProgram } from '../src/program.ts';

const study = relative('.', fileURLToPath(new URL('../../../experiments/kernel-size.yaml', import.meta.url)));

interface Described {
  variants: {
    name: string;
    match: { reached: number };
    rows: { id: string; receptiveField: { kind: string; size: number[] } }[];
    totals: { parameters: { trainable: number } };
  }[];
}

/** Receptive fields of the reference study, after conv, conv, pool, conv. */
test('the kernel-size study compares 10, 18, 26 and 12 pixels at one number of parameters', async () => {
  const [{ variants }] = JSON.parse(await describe('--json')) as [Described];
  const fields = variants.map(({ name, rows }) => [
    name,
    ...rows
      .filter(
        ({ id, receptiveField }) =>
          /^(conv2d|maxPooling2d|parallel_\d\/concat)/.test(id) && receptiveField.kind === 'window',
      )
      .map(({ receptiveField }) => receptiveField.size[0]),
  ]);
  expect(fields).toEqual([
    ['k3', 3, 5, 6, 10],
    ['k5', 5, 9, 10, 18],
    ['k7', 7, 13, 14, 26],
    ['mixed-1-3-5', 1, 3, 4, 12],
    ['parallel-1x1-3x3', 3, 5, 6, 10],
  ]);
  const parameters = variants.map(({ totals }) => totals.parameters.trainable);
  expect(parameters).toEqual(variants.map(({ match }) => match.reached));
  expect(Math.max(...parameters) / Math.min(...parameters)).toBeLessThan(1.02);
  expect(parameters.every((count) => Math.abs(count - 50_000) <= 500)).toBe(true);
});

test('each variant says how its widths came to the budget', async () => {
  expect((await describe()).split('\n').filter((line) => line.startsWith('matched'))).toMatchInlineSnapshot(`
    [
      "matched to 50,000 parameters: reached 50,150 (+0.30 %), widths ×0.58: conv2d_1 32 → 19, conv2d_2 64 → 37, conv2d_3 32 → 19",
      "matched to 50,000 parameters: reached 50,117 (+0.23 %), widths ×0.45: conv2d_1 32 → 14, conv2d_2 64 → 28, conv2d_3 32 → 15",
      "matched to 50,000 parameters: reached 50,036 (+0.07 %), widths ×0.36: conv2d_1 32 → 12, conv2d_2 64 → 22, conv2d_3 32 → 12",
      "matched to 50,000 parameters: reached 49,948 (−0.10 %), widths ×0.52: conv2d_1 32 → 16, conv2d_2 64 → 34, conv2d_3 32 → 16",
      "matched to 50,000 parameters: reached 50,131 (+0.26 %), widths ×0.66: parallel_1/branch1/conv2d_1 16 → 10, parallel_1/branch2/conv2d_1 16 → 10, parallel_2/branch1/conv2d_1 32 → 21, parallel_2/branch2/conv2d_1 32 → 21, parallel_3/branch1/conv2d_1 16 → 10, parallel_3/branch2/conv2d_1 16 → 11",
    ]
  `);
});

test('what stayed as it was written, and a budget of multiply-accumulates', () => {
  const match = { measure: 'macs', target: 2_000_000, tolerance: 0.005, reached: 1_991_000, multiplier: 1 } as const;
  expect(describeMatch({ ...match, changed: [] })).toBe(
    'within 0.5 % of 2,000,000 MACs as written: 1,991,000 (−0.45 %)',
  );
  expect(describeMatch({ ...match, multiplier: 12.34, changed: [{ id: 'dense_1', from: 8, to: 99 }] })).toBe(
    'matched to 2,000,000 MACs: reached 1,991,000 (−0.45 %), widths ×12: dense_1 8 → 99',
  );
});

async function describe(...options: string[]): Promise<string> {
  let said = '';
  const program = createProgram({
    out: (text) => void (said += text),
    err: (text) => void (said += text),
    interactive: false,
  });
  expect(await program.run(['describe', study, ...options])).toBe(0);
  return said;
}
