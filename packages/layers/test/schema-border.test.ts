import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../src/schema');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
);

test.each(files)('schema/%s imports only its neighbours, zod and random', (file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const imported = [...text.matchAll(/from '([^']+)'/g)].map(([, name = '']) => name);
  const outside = imported.filter((name) => !name.startsWith('.') && name !== 'zod' && name !== '@ablate/random');
  expect(outside).toEqual([]);
  const depth = file.split('/').length - 1;
  expect(imported.filter((name) => name.startsWith('../'.repeat(depth + 1)))).toEqual([]);
});
