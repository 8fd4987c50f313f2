import { constants, crc32, deflateSync } from 'node:zlib';

/** An image, one byte a value: row by row, channels last. */
export interface Pixels {
  height: number;
  width: number;
  /** 1 for grey, 3 for red, green, blue. */
  channels: number;
  pixels: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Colour types of the format, by channels. */
const COLOR_TYPES: Readonly<Record<number, number>> = { 1: 0, 3: 2 };

/**
 * An image as PNG, 8 bits a value, without filters. Runs alone are compressed: feature maps have many zeros, and every zlib
 * gives the same bytes.
 *
 * @throws RangeError unless there are 1 or 3 channels, and as many pixels as the extents say.
 * @see https://www.w3.org/TR/png-3/
 */
export function encodePng({ height, width, channels, pixels }: Pixels): Uint8Array {
  const colorType = COLOR_TYPES[channels];
  if (colorType === undefined || pixels.length !== height * width * channels) {
    throw new RangeError(
      `encodePng: an image must have 1 or 3 channels and height·width·channels pixels; received ${height}×${width}×${channels} and ${pixels.length}.`,
    );
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colorType], 8);
  // Each row begins with its filter: none.
  const row = width * channels;
  const rows = new Uint8Array(height * (row + 1));
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  const data = deflateSync(rows, { strategy: constants.Z_RLE });
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', new Uint8Array(0))]);
}

/** Length of the data, type, data, checksum of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
