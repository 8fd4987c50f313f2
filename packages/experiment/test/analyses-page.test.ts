import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type AnalysisName, analyses } from '../src/schema/index.ts';

const page = readFileSync(new URL('../../../docs/analyses.md', import.meta.url), 'utf8');
const names = Object.keys(analyses) as AnalysisName[];

/** What an analysis takes: `bins: 15`; an option without a default stands alone. */
function optionsOf(name: AnalysisName): string {
  const { properties = {} } = z.toJSONSchema(analyses[name].options, { io: 'input' });
  return Object.entries(properties)
    .map(([option, schema]) => {
      const value = typeof schema === 'object' ? schema.default : undefined;
      return `\`${value === undefined ? option : `${option}: ${JSON.stringify(value).replaceAll('"', '')}`}\``;
    })
    .join(', ');
}

test('docs/analyses.md has a row for each analysis, with its options, and a section that says more', () => {
  const rows = names.map(
    (name) => `| \`${name}\` | ${analyses[name].summary} | ${optionsOf(name)} | ${analyses[name].needs.join(', ')} |`,
  );
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
  const sections = [...page.matchAll(/^### (.+)$/gm)].map(([, name]) => name);
  expect(sections).toHaveLength(names.length);
  expect(new Set(sections)).toEqual(new Set(names));
});
