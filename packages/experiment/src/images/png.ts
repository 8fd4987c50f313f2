import { encode } from 'fast-png';

/** An image, one byte a value: row by row, channels last. */
export interface Pixels {
  height: number;
  width: number;
  /** 1 for grey, 3 for red, green, blue. */
  channels: number;
  pixels: Uint8Array;
}

/**
 * An image as PNG, 8 bits a value; the same bytes on every machine.
 *
 * @throws RangeError unless there are 1 or 3 channels, and as many pixels as the extents say.
 */
export function encodePng({ height, width, channels, pixels }: Pixels): Uint8Array {
  if ((channels !== 1 && channels !== 3) || pixels.length !== height * width * channels) {
    throw new RangeError(
      `encodePng: an image must have 1 or 3 channels and height·width·channels pixels; received ${height}×${width}×${channels} and ${pixels.length}.`,
    );
  }
  return encode({ width, height, channels, depth: 8, data: pixels });
}
