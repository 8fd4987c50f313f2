/* Writes schema/*.json at the root of the repository, in one line: biome lays them out, and takes files up to 1 MiB. Run it: npm run schema */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseJsonSchema, studyJsonSchema } from '../src/schema/index.ts';

const folder = join(import.meta.dirname, '../../../schema');
mkdirSync(folder, { recursive: true });
const files = {
  'experiment.schema.json': studyJsonSchema(),
  'base.schema.json': baseJsonSchema('experiment.schema.json'),
};
for (const [name, schema] of Object.entries(files)) {
  writeFileSync(join(folder, name), `${JSON.stringify(schema)}\n`);
}
