import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('./schema reaches no tensors: only its own files, other schemas and the t distribution', () => {
  const outside = new Set<string>();
  const inside = new Set<string>();
  follow(new URL('../src/schema/index.ts', import.meta.url), inside, outside);
  expect(inside.size).toBeGreaterThan(5);
  expect([...outside].sort()).toEqual(['@ablate/architectures/schema', '@ablate/layers/schema', 'jstat']);
});

/** Collects what a file imports, through its siblings. */
function follow(file: URL, inside: Set<string>, outside: Set<string>): void {
  if (inside.has(file.href)) return;
  inside.add(file.href);
  const source = readFileSync(fileURLToPath(file), 'utf8');
  for (const [, specifier = ''] of source.matchAll(/(?:from|import|import\()\s*'([^']+)'/g)) {
    if (specifier.startsWith('.')) follow(new URL(specifier, file), inside, outside);
    else outside.add(specifier);
  }
}
