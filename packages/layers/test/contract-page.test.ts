import { readFileSync } from 'node:fs';
import { checkNames } from '@ablate/layers/contract';
import { layerTypes } from '@ablate/layers/schema';
import { expect, test } from 'vitest';
import { subjectCases } from './cases.ts';

test('docs/layer-contract.md has every layer, its cases and every check, and no failure', () => {
  const page = readFileSync(new URL('../../../docs/layer-contract.md', import.meta.url), 'utf8');
  const table = page.split('\n').filter((line) => line.startsWith('|'));
  const [head = [], , ...rows] = table.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  // Where it is not: `npm run contract -w packages/layers`.
  expect(head).toEqual(['layer', 'cases', ...checkNames]);
  const expected = layerTypes.map((type) => [type, String(subjectCases[type].cases.length)]);
  expect(rows.map((row) => row.slice(0, 2))).toEqual(expected);
  for (const row of rows) {
    expect(row).toHaveLength(head.length);
    for (const cell of row.slice(2)) expect(cell).toMatch(/^[+.] [+.]$/);
  }
});
