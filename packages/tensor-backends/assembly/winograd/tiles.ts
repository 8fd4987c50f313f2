/*
 * Tiles of images to and from the 36 frequency planes. A plane is [tiles][wide] floats, `wide` being the channels rounded
 * up to whole vectors (tails zero); planes lie `planeStride` bytes apart. Tiles are numbered through the batch, rows of
 * tilesX within images of tilesY rows: a block is `count` of them from `first` on. Tiles that reach over the border, and
 * all where channels ≠ wide, pass through `patch`, which holds 36 pixels of `wide` channels and one tile of scratch
 * after them.
 */
import { gradientTransform, inputTransform, outputTransform } from './transforms';

/** V[6·i + j][tile] = (Bᵀ d B)[i][j], d the 6×6 pixels from (4·ty − top, 4·tx − left) on, zero outside the image. */
export function winogradInput(
  image: usize, planes: usize, planeStride: usize, patch: usize, first: i32, count: i32, tilesY: i32, tilesX: i32,
  height: i32, width: i32, channels: i32, wide: i32, top: i32, left: i32,
): void {
  const wideBytes = <usize>wide << 2;
  const scratch = patch + 36 * wideBytes;
  for (let t = first; t < first + count; t++) {
    const tx = t % tilesX, row = t / tilesX, ty = row % tilesY, n = row / tilesY;
    const y = 4 * ty - top, x = 4 * tx - left;
    let from = image + (<usize>((n * height + y) * width + x) * <usize>channels << 2);
    let pixel = wideBytes, line = <usize>width * wideBytes;
    if (channels != wide || y < 0 || x < 0 || y + 6 > height || x + 6 > width) {
      takePatch(image, patch, n, y, x, 6, height, width, channels, wide);
      from = patch;
      line = 6 * pixel;
    }
    let to = planes + <usize>(t - first) * wideBytes;
    const end = from + wideBytes;
    do {
      for (let j: usize = 0; j < 6; j++) inputTransform(from + j * pixel, line, scratch + (j << 4), 96);
      let out = to;
      for (let i: usize = 0; i < 6; i++) {
        inputTransform(scratch + i * 96, 16, out, planeStride);
        out += 6 * planeStride;
      }
      from += 16;
      to += 16;
    } while (from < end);
  }
}

/** D[6·i + j][tile] = (H y Hᵀ)[i][j], y the 4×4 pixels from (4·ty, 4·tx) on, zero outside the image. */
export function winogradOutputGradient(
  image: usize, planes: usize, planeStride: usize, patch: usize, first: i32, count: i32, tilesY: i32, tilesX: i32,
  height: i32, width: i32, channels: i32, wide: i32,
): void {
  const wideBytes = <usize>wide << 2;
  const scratch = patch + 36 * wideBytes;
  for (let t = first; t < first + count; t++) {
    const tx = t % tilesX, row = t / tilesX, ty = row % tilesY, n = row / tilesY;
    const y = 4 * ty, x = 4 * tx;
    let from = image + (<usize>((n * height + y) * width + x) * <usize>channels << 2);
    let pixel = wideBytes, line = <usize>width * wideBytes;
    if (channels != wide || y + 4 > height || x + 4 > width) {
      takePatch(image, patch, n, y, x, 4, height, width, channels, wide);
      from = patch;
      line = 4 * pixel;
    }
    let to = planes + <usize>(t - first) * wideBytes;
    const end = from + wideBytes;
    do {
      // Rows of scratch are 4 vectors wide: columns become the six rows i.
      for (let j: usize = 0; j < 4; j++) gradientTransform(from + j * pixel, line, scratch + (j << 4), 64);
      let out = to;
      for (let i: usize = 0; i < 6; i++) {
        gradientTransform(scratch + (i << 6), 16, out, planeStride);
        out += 6 * planeStride;
      }
      from += 16;
      to += 16;
    } while (from < end);
  }
}

/** Output pixels (4·ty + i, 4·tx + j) = activation((Aᵀ M A)[i][j] + bias); bias 0: none; activation 0 none, 1 ReLU, 2 ReLU6. */
export function winogradOutput(
  planes: usize, planeStride: usize, image: usize, patch: usize, bias: usize, activation: i32, first: i32, count: i32,
  tilesY: i32, tilesX: i32, height: i32, width: i32, channels: i32, wide: i32,
): void {
  const wideBytes = <usize>wide << 2;
  const scratch = patch + 36 * wideBytes;
  const zero = f32x4.splat(0), six = f32x4.splat(6);
  const finishes = bias != 0 || activation > 0;
  for (let t = first; t < first + count; t++) {
    const tx = t % tilesX, row = t / tilesX, ty = row % tilesY, n = row / tilesY;
    const y = 4 * ty, x = 4 * tx;
    const whole = channels == wide && y + 4 <= height && x + 4 <= width;
    let to = whole ? image + (<usize>((n * height + y) * width + x) * wideBytes) : patch;
    const line = whole ? <usize>width * wideBytes : 4 * wideBytes;
    let from = planes + <usize>(t - first) * wideBytes;
    const end = from + wideBytes;
    let shift = bias;
    do {
      let source = from;
      for (let i: usize = 0; i < 6; i++) {
        outputTransform(source, planeStride, scratch + (i << 6), 16);
        source += 6 * planeStride;
      }
      for (let j: usize = 0; j < 4; j++) outputTransform(scratch + (j << 4), 64, to + j * wideBytes, line);
      if (finishes) {
        const b = bias != 0 ? v128.load(shift) : zero;
        for (let i: usize = 0; i < 4; i++) {
          for (let j: usize = 0; j < 4; j++) {
            const at = to + i * line + j * wideBytes;
            let v = f32x4.add(v128.load(at), b);
            if (activation > 0) v = f32x4.max(v, zero);
            if (activation > 1) v = f32x4.min(v, six);
            v128.store(at, v);
          }
        }
      }
      from += 16;
      to += 16;
      shift += 16;
    } while (from < end);
    if (!whole) givePatch(patch, image, n, y, x, height, width, channels, wide);
  }
}

/** Copies the size × size pixels from (y, x) on into patch, channels widened, zero outside the image. */
function takePatch(
  image: usize, patch: usize, n: i32, y: i32, x: i32, size: i32, height: i32, width: i32, channels: i32, wide: i32,
): void {
  memory.fill(patch, 0, <usize>(size * size * wide) << 2);
  const bytes = <usize>channels << 2;
  for (let i = max(0, -y); i < min(size, height - y); i++) {
    for (let j = max(0, -x); j < min(size, width - x); j++) {
      memory.copy(
        patch + (<usize>((i * size + j) * wide) << 2),
        image + (<usize>(((n * height + y + i) * width + x + j) * channels) << 2),
        bytes,
      );
    }
  }
}

/** Copies of a 4×4 patch what lies within the image. */
function givePatch(patch: usize, image: usize, n: i32, y: i32, x: i32, height: i32, width: i32, channels: i32, wide: i32): void {
  const bytes = <usize>channels << 2;
  for (let i = 0; i < min(4, height - y); i++) {
    for (let j = 0; j < min(4, width - x); j++) {
      memory.copy(
        image + (<usize>(((n * height + y + i) * width + x + j) * channels) << 2),
        patch + (<usize>((i * 4 + j) * wide) << 2),
        bytes,
      );
    }
  }
}
