import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { architecturesPage } from '../scripts/architectures-page.ts';

test('docs/architectures.md is what npm run page -w packages/architectures writes', () => {
  expect(readFileSync(new URL('../../../docs/architectures.md', import.meta.url), 'utf8')).toBe(architecturesPage());
});
