import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const packages = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Everything that a module imports at run time, directly or not: files of this repository, and names of packages. */
function reach(entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  const text = readFileSync(entry, 'utf8');
  // Type-only imports are erased.
  const imports = text.matchAll(
    /^(?:import|export)\s+(?!type\b)(?:[^'"]*?\bfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gms,
  );
  for (const [, named, dynamic] of imports) {
    const name = named ?? dynamic ?? '';
    if (name.startsWith('.')) reach(join(dirname(entry), name), seen);
    else if (name.startsWith('@ablate/')) reach(sourceOf(name), seen);
    else seen.add(name);
  }
  return seen;
}

function sourceOf(specifier: string): string {
  const [, name = '', ...sub] = specifier.split('/');
  const manifest = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')) as {
    exports: Record<string, { '@ablate/source': string }>;
  };
  const entry = manifest.exports[sub.length === 0 ? '.' : `./${sub.join('/')}`];
  return join(packages, name, entry?.['@ablate/source'] ?? 'missing');
}

const tensors = (entry: string) => [...reach(entry)].filter((name) => name.startsWith('@tensorflow/'));

test('no ./schema entry reaches TensorFlow.js', () => {
  const entries = readdirSync(packages)
    .map((name) => join(packages, name, 'src/schema/index.ts'))
    .filter((entry) => existsSync(entry));
  expect(entries.length).toBeGreaterThanOrEqual(7);
  for (const entry of entries) expect([entry, tensors(entry)]).toEqual([entry, []]);
});

test('the command reaches TensorFlow.js nowhere: runs have processes of their own', () => {
  expect(tensors(join(packages, 'cli/src/bin.ts'))).toEqual([]);
  // What this test would find if it were there.
  expect(tensors(join(packages, 'experiment/src/node/run-process.ts'))).toContain('@tensorflow/tfjs-core');
});
