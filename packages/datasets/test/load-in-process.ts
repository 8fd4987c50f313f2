import process from 'node:process';
import { loadDataset } from '../src/node/index.ts';
import { datasetSchema } from '../src/schema/index.ts';

const [, , base = '', cache = '', spec = ''] = process.argv;
const { train, test } = await loadDataset(datasetSchema.parse(JSON.parse(spec)), { base, cache });
const values = [train.images, train.labels, test.images, test.labels].map((bytes) => [...bytes]);
process.stdout.write(JSON.stringify(values));
