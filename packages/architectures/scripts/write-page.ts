/* Writes docs/architectures.md: npm run page -w packages/architectures */
import { writeFileSync } from 'node:fs';
import { architecturesPage } from './architectures-page.ts';

writeFileSync(new URL('../../../docs/architectures.md', import.meta.url), architecturesPage());
