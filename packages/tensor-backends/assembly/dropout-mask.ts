/**
 * mask[row][element] = scale where the uniform of (key; element / 4, firstRow + row, step) is ≥ rate, else 0.
 * Philox 4×32-10 (Salmon et al. 2011); the uniform is the upper 24 bits of lane element % 4.
 */
export function dropoutMask(
  mask: usize, rows: i32, width: i32, key0: u32, key1: u32, firstRow: u32, stepLow: u32, stepHigh: u32, rate: f32, scale: f32,
): void {
  for (let r = 0; r < rows; r++) {
    for (let e = 0; e < width; e += 4) {
      let x0 = <u32>(e >>> 2), x1 = firstRow + <u32>r, x2 = stepLow, x3 = stepHigh, k0 = key0, k1 = key1;
      for (let round = 0; round < 10; round++) {
        const product0 = <u64>0xd2511f53 * <u64>x0, product1 = <u64>0xcd9e8d57 * <u64>x2;
        const y0 = <u32>(product1 >>> 32) ^ x1 ^ k0, y2 = <u32>(product0 >>> 32) ^ x3 ^ k1;
        x1 = <u32>product1;
        x3 = <u32>product0;
        x0 = y0;
        x2 = y2;
        k0 += 0x9e3779b9;
        k1 += 0xbb67ae85;
      }
      const left = width - e;
      put(mask, x0, rate, scale);
      if (left > 1) put(mask + 4, x1, rate, scale);
      if (left > 2) put(mask + 8, x2, rate, scale);
      if (left > 3) put(mask + 12, x3, rate, scale);
      mask += <usize>min(4, left) << 2;
    }
  }
}

// @ts-ignore: decorator
@inline
function put(at: usize, bits: u32, rate: f32, scale: f32): void {
  store<f32>(at, <f32>(bits >>> 8) * <f32>5.9604644775390625e-8 >= rate ? scale : 0);
}
