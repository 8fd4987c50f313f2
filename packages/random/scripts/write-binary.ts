// Writes src/fill-binary.ts: committed, so that the package needs no compiler.
import { Buffer } from 'node:buffer';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile } from './compile.ts';

const base64 = Buffer.from(await compile()).toString('base64');
writeFileSync(
  fileURLToPath(new URL('../src/fill-binary.ts', import.meta.url)),
  `/** assembly/fill.ts compiled, in base64: \`npm run binary\` writes it, a test compares them. */\nexport const FILL_BASE64 =\n  '${base64}';\n`,
);
