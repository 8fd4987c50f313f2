import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const packages = join(import.meta.dirname, '..', '..');

test('./schema loads no tensors, nothing of Node, and no neighbour but by its own ./schema', () => {
  expect([...outside(join(packages, 'experiment/src/schema/index.ts'))].sort()).toEqual([
    'fastest-levenshtein',
    'jstat',
    'yaml',
    'zod',
  ]);
});

/** The modules from outside the workspace that a file loads, itself or by what it imports. */
function outside(start: string): Set<string> {
  const found = new Set<string>();
  const files = new Set([start]);
  for (const file of files) {
    for (const name of importsOf(readFileSync(file, 'utf8'))) {
      if (name.startsWith('.')) files.add(join(dirname(file), name));
      else if (/^@ablate\/random$|^@ablate\/[a-z-]+\/schema$/.test(name)) files.add(sourceOf(name));
      else found.add(name);
    }
  }
  return found;
}

/** Names of modules that a text imports or passes on, types aside. */
function importsOf(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)\b(?! type\b)(?:[^;'"=]*?\bfrom)?\s*['"]([^'"]+)['"]/gm);
  const dynamic = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g);
  return [...statements, ...dynamic].map(([, name]) => name as string);
}

function sourceOf(name: string): string {
  const [, folder = '', entry] = name.split('/');
  const manifest = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8')) as {
    exports: Record<string, Record<string, string>>;
  };
  const source = manifest.exports[entry === undefined ? '.' : `./${entry}`]?.['@ablate/source'];
  if (source === undefined) throw new Error(`${name} has no source.`);
  return join(packages, folder, source);
}
