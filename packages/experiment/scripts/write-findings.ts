/*
 * Writes docs/findings/<study>/: README.md from comparison.json there, and from notes.md if there is one. Folders of
 * results that are named have their comparison.json copied first; `npm run format` lays it out. Run it:
 *
 *     npm run findings                          # every page that is there, anew
 *     npm run findings -- results/kernel-size   # with the results of a study
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { comparisonSchema } from '../src/schema/index.ts';
import { findingsPage } from './findings-page.ts';

const findings = join(import.meta.dirname, '../../../docs/findings');
const folders = process.argv.slice(2);
mkdirSync(findings, { recursive: true });
for (const folder of folders) {
  const page = join(findings, basename(folder));
  mkdirSync(page, { recursive: true });
  copyFileSync(join(folder, 'comparison.json'), join(page, 'comparison.json'));
}
const studies = folders.length === 0 ? readdirSync(findings) : folders.map((folder) => basename(folder));
for (const study of studies) {
  const file = (name: string) => join(findings, study, name);
  if (!existsSync(file('comparison.json'))) {
    process.stdout.write(`docs/findings/${study} has no comparison.json yet: passed over\n`);
    continue;
  }
  const comparison = comparisonSchema.parse(JSON.parse(readFileSync(file('comparison.json'), 'utf8')));
  const notes = existsSync(file('notes.md')) ? readFileSync(file('notes.md'), 'utf8') : null;
  writeFileSync(file('README.md'), findingsPage(comparison, notes));
  process.stdout.write(`docs/findings/${study}/README.md\n`);
}
