// @ts-check
/*
 * npm run bench:tiles -w packages/tensor-backends
 * GFLOP/s of micro-kernels of every size, with and without fused multiply-add: which tile of sums V8 keeps in registers on
 * this processor. One thread, processor time, medians of alternating rounds.
 */
import { cpus } from 'node:os';
import v8 from 'node:v8';
import asc from 'assemblyscript/asc';

v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
const sizes = [2, 3, 4, 5, 6, 8].flatMap((rows) => [1, 2, 3, 4].map((vectors) => ({ rows, vectors })));
const tiles = sizes.filter(({ rows, vectors }) => rows * vectors >= 6 && rows * vectors <= 12);
const kernels = tiles.flatMap((tile) => [false, true].map((fused) => ({ ...tile, fused, name: nameOf(tile, fused) })));
const [depth, calls, rounds] = [128, 20_000, 7];

const instance = new WebAssembly.Instance(new WebAssembly.Module(await compile()));
/** @type {Map<string, number[]>} */
const rates = new Map(kernels.map(({ name }) => [name, []]));
for (let round = -2; round < rounds; round++) {
  for (const { name, rows, vectors } of kernels) {
    const run = /** @type {(...addresses: number[]) => void} */ (instance.exports[name]);
    const start = now();
    for (let call = 0; call < calls; call++) run(65_536, depth * 4, 81_920, 98_304, depth);
    if (round >= 0) rates.get(name)?.push((2 * rows * vectors * 4 * depth * calls) / (now() - start) / 1e6);
  }
}
console.log(`${cpus()[0]?.model}, Node ${process.version}, one thread\n`);
console.log('| rows × columns | GFLOP/s | fused |\n|---|---:|---:|');
for (const tile of tiles) {
  const [plain, fused] = [false, true].map((kind) => median(rates.get(nameOf(tile, kind)) ?? []).toFixed(1));
  console.log(`| ${tile.rows} × ${4 * tile.vectors} | ${plain} | ${fused} |`);
}

/** @param {{ rows: number, vectors: number }} tile @param {boolean} fused */
function nameOf({ rows, vectors }, fused) {
  return `tile${rows}x${vectors}${fused ? 'fused' : ''}`;
}

/** @param {typeof kernels[number]} kernel One k an iteration; A by rows, B in a panel. */
function sourceOf({ rows, vectors, fused, name }) {
  const row = [...Array(rows).keys()];
  const vector = [...Array(vectors).keys()];
  const sums = row.flatMap((r) => vector.map((c) => `c${r}_${c}`));
  const add = (/** @type {number} */ r, /** @type {number} */ c) =>
    fused
      ? `c${r}_${c} = f32x4.relaxed_madd(a${r}, b${c}, c${r}_${c});`
      : `c${r}_${c} = f32x4.add(c${r}_${c}, f32x4.mul(a${r}, b${c}));`;
  return `export function ${name}(a: usize, stride: usize, panel: usize, out: usize, depth: i32): void {
    ${row.map((r) => `let p${r} = a + ${r} * stride;`).join(' ')}
    ${sums.map((sum) => `let ${sum} = f32x4.splat(0);`).join(' ')}
    const end = panel + <usize>depth * ${vectors * 16};
    do {
      ${vector.map((c) => `const b${c} = v128.load(panel, ${c * 16});`).join(' ')}
      ${row.map((r) => `const a${r} = v128.load_splat<u32>(p${r}); ${vector.map((c) => add(r, c)).join(' ')} p${r} += 4;`).join('\n')}
      panel += ${vectors * 16};
    } while (panel < end);
    ${sums.map((sum, i) => `v128.store(out, ${sum}, ${i * 16});`).join(' ')}
  }`;
}

async function compile() {
  let binary = new Uint8Array();
  const { error } = await asc.main(
    [
      'tiles.ts',
      '--outFile',
      'tiles.wasm',
      '-O3',
      '--enable',
      'simd',
      '--enable',
      'relaxed-simd',
      '--runtime',
      'stub',
    ].concat(['--noAssert', '--use', 'abort=', '--initialMemory', '16']),
    {
      stderr: process.stderr,
      readFile: (name) => (name === 'tiles.ts' ? kernels.map(sourceOf).join('\n') : null),
      writeFile: (name, content) => void (name === 'tiles.wasm' && (binary = /** @type {any} */ (content))),
      listFiles: () => [],
    },
  );
  if (error) throw error;
  return binary;
}

function now() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
