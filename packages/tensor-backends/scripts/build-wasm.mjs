// Compiles assembly/ to WebAssembly, once plain and once with relaxed SIMD (fused multiply-add), and inlines both as
// base64: one way to load them in Node, bundlers and a single HTML file.
import { Buffer } from 'node:buffer';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { assemblyHash } from './assembly-hash.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// Before compiling: sources that change meanwhile are newer than what is compiled.
const hash = assemblyHash(root);
const plain = await compile('simd');
const fused = await compile('simd', 'relaxed-simd');
mkdirSync(join(root, 'src/generated'), { recursive: true });
writeFileSync(
  join(root, 'src/generated/kernels-binary.ts'),
  `/** Made by scripts/build-wasm.mjs from assembly/. */
export const ASSEMBLY_HASH = '${hash}';
${constant('KERNELS_BASE64', plain)}${constant('FUSED_KERNELS_BASE64', fused)}`,
);
process.stdout.write(`kernels.wasm: ${plain.length} bytes, with relaxed SIMD ${fused.length} bytes\n`);

async function compile(...features) {
  const output = new Map();
  const { error } = await asc.main(
    ['assembly/index.ts', '--baseDir', root, '--outFile', 'kernels.wasm', '-O3', '--runtime', 'stub']
      .concat(features.flatMap((feature) => ['--enable', feature]))
      .concat(['--noAssert', '--importMemory', '--use', 'abort=']),
    { stderr: process.stderr, writeFile: (name, content) => void output.set(name, content) },
  );
  if (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  return output.get('kernels.wasm');
}

function constant(name, binary) {
  return `export const ${name} =\n  '${Buffer.from(binary).toString('base64')}';\n`;
}
