// What `#kernels` is where the package runs from its sources: the compiled kernels, if they are those of this assembly/.
//
// src/generated is not in git, so that after a pull it may be older than the TypeScript that calls it: then arguments are
// taken for others, and a kernel reads past its memory or computes something else. Nx compiles before it tests and builds;
// this is for programs that are started without it. A hash of the sources finds what a version number, which people forget to
// raise, would not, and reading them takes 2 ms. An installed package takes the kernels as they are: it has no assembly/.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as kernels from '../src/generated/kernels-binary.ts';
import { assemblyHash } from './assembly-hash.mjs';

if (kernels.ASSEMBLY_HASH !== assemblyHash(join(dirname(fileURLToPath(import.meta.url)), '..'))) {
  throw new Error(
    '@ablate/tensor-backends: src/generated/kernels-binary.ts must be compiled from this assembly/; it is of another. Run: npm run wasm -w packages/tensor-backends',
  );
}

export const { KERNELS_BASE64, FUSED_KERNELS_BASE64 } = kernels;
