/*
 * Softmax of rows. Worst error against double precision (`npm run errors`): gradient 9.3e-8 of ‖Σ |terms|‖.
 */
import { madd } from './madd';

/** out = y · (dy − Σ y · dy) over each row of `width` values, y a softmax. */
export function softmaxGradient(y: usize, dy: usize, out: usize, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let r = 0; r < rows; r++) {
    let sums = f32x4.splat(0), dot: f32 = 0, c: usize = 0;
    for (; c + 16 <= bytes; c += 16) sums = madd(v128.load(y + c), v128.load(dy + c), sums);
    for (; c < bytes; c += 4) dot += load<f32>(y + c) * load<f32>(dy + c);
    const pairs = f32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
    dot += f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
    const dots = f32x4.splat(dot);
    for (c = 0; c + 16 <= bytes; c += 16) {
      v128.store(out + c, f32x4.mul(v128.load(y + c), f32x4.sub(v128.load(dy + c), dots)));
    }
    for (; c < bytes; c += 4) store<f32>(out + c, load<f32>(y + c) * (load<f32>(dy + c) - dot));
    y += bytes;
    dy += bytes;
    out += bytes;
  }
}
