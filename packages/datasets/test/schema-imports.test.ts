import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const schema = new URL('../src/schema/', import.meta.url);

test('./schema imports zod and its own files, nothing else', () => {
  const files = readdirSync(schema).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const imported = files.flatMap((file) => {
    const text = readFileSync(new URL(file, schema), 'utf8');
    return [...text.matchAll(/(?:from|import)\s*\(?'([^']+)'/g)].map((match) => match[1]);
  });
  expect(files.length).toBeGreaterThan(3);
  expect(imported.filter((name) => name !== 'zod' && !/^\.\/[a-z-]+\.ts$/.test(name ?? ''))).toEqual([]);
});
