import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** assembly/fill.ts as WebAssembly with SIMD. */
export async function compile(): Promise<Uint8Array> {
  const root = join(dirname(fileURLToPath(import.meta.url)), '..');
  let binary = new Uint8Array();
  const options = ['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--use', 'abort=', '--enable', 'simd'];
  const { error } = await asc.main(['assembly/fill.ts', '--baseDir', root, '--outFile', 'fill.wasm', ...options], {
    stderr: process.stderr,
    writeFile: (_, content) => {
      binary = Uint8Array.from(content as Uint8Array);
    },
  });
  if (error !== null) throw error;
  return binary;
}
