/** An image as bytes, with the values that its darkest and brightest pixel stand for. */
export interface ImageTile {
  height: number;
  width: number;
  /** 1 for grey, 3 for red, green, blue. */
  channels: 1 | 3;
  /** Value of pixel 0. */
  min: number;
  /** Value of pixel 255. Where it equals `min`, every pixel is 0. */
  max: number;
  /** Row by row, channels last: `value ≈ min + pixel · (max − min) / 255`. */
  pixels: Uint8Array;
}

/**
 * A tile of values: `pixel = round(255 · (value − min) / (max − min))`, with the smallest and largest value of the tile, so
 * that the values can be read back to within (max − min)/510.
 *
 * @param valueAt The value at a place.
 * @throws RangeError if a value is not finite, or an extent is 0.
 */
export function imageTile(
  [height, width, channels]: readonly [height: number, width: number, channels: 1 | 3],
  valueAt: (row: number, column: number, channel: number) => number,
): ImageTile {
  if (!(height >= 1 && width >= 1)) {
    throw new RangeError(`imageTile: height and width must be at least 1; received ${height}×${width}.`);
  }
  const values = new Float64Array(height * width * channels);
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let place = 0; place < values.length; place++) {
    const [row, column] = [Math.floor(place / (width * channels)), Math.floor(place / channels) % width];
    const value = valueAt(row, column, place % channels);
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `imageTile: a value must be finite; received ${value} at row ${row}, column ${column}, channel ${place % channels}.`,
      );
    }
    values[place] = value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const scale = max > min ? 255 / (max - min) : 0;
  return {
    height,
    width,
    channels,
    min,
    max,
    pixels: Uint8Array.from(values, (value) => Math.round((value - min) * scale)),
  };
}
