/*
 * Writes docs/findings/<study>/: README.md from comparison.json there, and from networks.json and notes.md if they are
 * there. Of folders of results that are named, the comparison is copied first, and networks.json and pictures are made
 * from what their first seeds say of their networks; `npm run format` lays them out. Run it:
 *
 *     npm run findings                          # every page that is there, anew
 *     npm run findings -- results/kernel-size   # with the results of a study
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { writeJson } from '../src/node/write-file.ts';
import { type Comparison, comparisonSchema } from '../src/schema/index.ts';
import { collectNetworks, networksSchema } from './findings-networks.ts';
import { findingsPage } from './findings-page.ts';

const findings = join(import.meta.dirname, '../../../docs/findings');
const folders = process.argv.slice(2);
mkdirSync(findings, { recursive: true });
for (const folder of folders) {
  const page = join(findings, basename(folder));
  mkdirSync(page, { recursive: true });
  copyFileSync(join(folder, 'comparison.json'), join(page, 'comparison.json'));
  rmSync(join(page, 'pictures'), { recursive: true, force: true });
  writeJson(join(page, 'networks.json'), collectNetworks(folder, readComparison(page).variants, page));
}
const studies = folders.length === 0 ? readdirSync(findings) : folders.map((folder) => basename(folder));
for (const study of studies) {
  const file = (name: string) => join(findings, study, name);
  if (!existsSync(file('comparison.json'))) {
    process.stdout.write(`docs/findings/${study} has no comparison.json yet: passed over\n`);
    continue;
  }
  const networks = existsSync(file('networks.json'))
    ? networksSchema.parse(JSON.parse(readFileSync(file('networks.json'), 'utf8')))
    : [];
  const notes = existsSync(file('notes.md')) ? readFileSync(file('notes.md'), 'utf8') : null;
  writeFileSync(file('README.md'), findingsPage(readComparison(join(findings, study)), notes, networks));
  process.stdout.write(`docs/findings/${study}/README.md\n`);
}

function readComparison(page: string): Comparison {
  return comparisonSchema.parse(JSON.parse(readFileSync(join(page, 'comparison.json'), 'utf8')));
}
