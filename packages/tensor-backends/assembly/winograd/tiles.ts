/*
 * Tiles of images to and from the 36 frequency planes. A plane is [tiles][wide] floats, `wide` being the channels rounded
 * up to whole vectors (tails zero); planes lie `planeStride` bytes apart.
 *
 * A block is `count` tiles from `first` on of one region of all images: tilesY × tilesX of them, the first at output pixel
 * (originY, originX), numbered through the batch. All have 4 × 4 outputs, or 2 rows (short & SHORT_Y) or 2 columns
 * (short & SHORT_X), and then no planes of rows or columns 3 and 4. Tiles that reach over the border, and all where
 * channels ≠ wide, pass through `patch`, which holds 36 pixels of `wide` channels and one tile of scratch after them.
 * Error: see products.ts.
 */
import {
  gradientTransform,
  inputTransform,
  outputTransform,
  shortGradientTransform,
  shortInputTransform,
  shortOutputTransform,
} from './transforms';

/** Tiles of 2 rows of outputs. */
export const SHORT_Y: i32 = 1;
/** Tiles of 2 columns of outputs. */
export const SHORT_X: i32 = 2;

/** Whether tiles have the planes of this row (or column). */
// @ts-ignore: decorator
@inline
export function hasPlanes(row: usize, short: i32): bool {
  return !short || (row != 3 && row != 4);
}

/** V[6·i + j][tile] = (Bᵀ d B)[i][j], d the pixels from (top, left) before the tile's outputs on, zero outside the image. */
export function winogradInput(
  image: usize, planes: usize, planeStride: usize, patch: usize, first: i32, count: i32, originY: i32, originX: i32,
  tilesY: i32, tilesX: i32, short: i32, height: i32, width: i32, channels: i32, wide: i32, top: i32, left: i32,
): void {
  const wideBytes = <usize>wide << 2;
  const scratch = patch + 36 * wideBytes;
  const shortY = short & SHORT_Y, shortX = short & SHORT_X;
  const rows = shortY ? 4 : 6, columns = shortX ? 4 : 6;
  for (let t = first; t < first + count; t++) {
    const tx = t % tilesX, row = t / tilesX, ty = row % tilesY, n = row / tilesY;
    const y = originY + 4 * ty - top, x = originX + 4 * tx - left;
    let from = image + (<usize>((n * height + y) * width + x) * <usize>channels << 2);
    let pixel = wideBytes, line = <usize>width * wideBytes;
    if (channels != wide || y < 0 || x < 0 || y + rows > height || x + columns > width) {
      takePatch(image, patch, n, y, x, 6, height, width, channels, wide);
      from = patch;
      line = 6 * pixel;
    }
    let to = planes + <usize>(t - first) * wideBytes;
    const end = from + wideBytes;
    do {
      for (let j: usize = 0; j < <usize>columns; j++) {
        if (shortY) shortInputTransform(from + j * pixel, line, scratch + (j << 4), 96);
        else inputTransform(from + j * pixel, line, scratch + (j << 4), 96);
      }
      let out = to;
      for (let i: usize = 0; i < 6; i++) {
        if (hasPlanes(i, shortY)) {
          if (shortX) shortInputTransform(scratch + i * 96, 16, out, planeStride);
          else inputTransform(scratch + i * 96, 16, out, planeStride);
        }
        out += 6 * planeStride;
      }
      from += 16;
      to += 16;
    } while (from < end);
  }
}

/** D[6·i + j][tile] = (H y Hᵀ)[i][j], y the tile's pixels, zero outside the image. */
export function winogradOutputGradient(
  image: usize, planes: usize, planeStride: usize, patch: usize, first: i32, count: i32, originY: i32, originX: i32,
  tilesY: i32, tilesX: i32, short: i32, height: i32, width: i32, channels: i32, wide: i32,
): void {
  const wideBytes = <usize>wide << 2;
  const scratch = patch + 36 * wideBytes;
  const shortY = short & SHORT_Y, shortX = short & SHORT_X;
  const rows = shortY ? 2 : 4, columns = shortX ? 2 : 4;
  for (let t = first; t < first + count; t++) {
    const tx = t % tilesX, row = t / tilesX, ty = row % tilesY, n = row / tilesY;
    const y = originY + 4 * ty, x = originX + 4 * tx;
    let from = image + (<usize>((n * height + y) * width + x) * <usize>channels << 2);
    let pixel = wideBytes, line = <usize>width * wideBytes;
    if (channels != wide || y + rows > height || x + columns > width) {
      takePatch(image, patch, n, y, x, 4, height, width, channels, wide);
      from = patch;
      line = 4 * pixel;
    }
    let to = planes + <usize>(t - first) * wideBytes;
    const end = from + wideBytes;
    do {
      // Rows of scratch are 4 vectors wide: columns become the six rows i.
      for (let j: usize = 0; j < <usize>columns; j++) {
        if (shortY) shortGradientTransform(from + j * pixel, line, scratch + (j << 4), 64);
        else gradientTransform(from + j * pixel, line, scratch + (j << 4), 64);
      }
      let out = to;
      for (let i: usize = 0; i < 6; i++) {
        if (hasPlanes(i, shortY)) {
          if (shortX) shortGradientTransform(scratch + (i << 6), 16, out, planeStride);
          else gradientTransform(scratch + (i << 6), 16, out, planeStride);
        }
        out += 6 * planeStride;
      }
      from += 16;
      to += 16;
    } while (from < end);
  }
}

/** The tile's output pixels (i, j) = activation((Aᵀ M A)[i][j] + bias); bias 0: none; activation 0 none, 1 ReLU, 2 ReLU6. */
export function winogradOutput(
  planes: usize, planeStride: usize, image: usize, patch: usize, bias: usize, activation: i32, first: i32, count: i32,
  originY: i32, originX: i32, tilesY: i32, tilesX: i32, short: i32, height: i32, width: i32, channels: i32, wide: i32,
): void {
  const wideBytes = <usize>wide << 2;
  const scratch = patch + 36 * wideBytes;
  const shortY = short & SHORT_Y, shortX = short & SHORT_X;
  const rows = shortY ? 2 : 4, columns = shortX ? 2 : 4;
  const zero = f32x4.splat(0), six = f32x4.splat(6);
  const finishes = bias != 0 || activation > 0;
  for (let t = first; t < first + count; t++) {
    const tx = t % tilesX, row = t / tilesX, ty = row % tilesY, n = row / tilesY;
    const y = originY + 4 * ty, x = originX + 4 * tx;
    const whole = channels == wide && y + rows <= height && x + columns <= width;
    let to = whole ? image + (<usize>((n * height + y) * width + x) * wideBytes) : patch;
    const line = whole ? <usize>width * wideBytes : 4 * wideBytes;
    let from = planes + <usize>(t - first) * wideBytes;
    const end = from + wideBytes;
    let shift = bias;
    do {
      let source = from;
      for (let i: usize = 0; i < 6; i++) {
        if (hasPlanes(i, shortY)) {
          if (shortX) shortOutputTransform(source, planeStride, scratch + (i << 6), 16);
          else outputTransform(source, planeStride, scratch + (i << 6), 16);
        }
        source += 6 * planeStride;
      }
      for (let j: usize = 0; j < <usize>columns; j++) {
        if (shortY) shortOutputTransform(scratch + (j << 4), 64, to + j * wideBytes, line);
        else outputTransform(scratch + (j << 4), 64, to + j * wideBytes, line);
      }
      if (finishes) {
        const b = bias != 0 ? v128.load(shift) : zero;
        for (let i: usize = 0; i < <usize>rows; i++) {
          for (let j: usize = 0; j < <usize>columns; j++) {
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

/** Copies of a 4×4 patch what lies within the image: a short tile's image ends with it. */
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
