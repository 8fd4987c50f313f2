import { crc32, deflateSync } from 'node:zlib';

/** An image, one byte a value, row by row, channels last. */
export interface Pixels {
  height: number;
  width: number;
  /** 1 for grey, 3 for red, green, blue. */
  channels: number;
  data: Uint8Array;
}

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);

/** The colour type of a PNG by its number of channels. */
const COLOUR_TYPES: Readonly<Record<number, number>> = { 1: 0, 3: 2 };

/**
 * The bytes of a PNG file: 8 bits a channel, without loss, rows unfiltered. zlib compresses and sums; what is written here is
 * the container alone. The same pixels give the same bytes with the same zlib.
 *
 * @throws RangeError if an extent is no whole number ≥ 1, `channels` is neither 1 nor 3, or `data` is not height · width ·
 * channels bytes long.
 * @see https://www.w3.org/TR/png-3/
 */
export function encodePng({ height, width, channels, data }: Pixels): Uint8Array {
  const colourType = COLOUR_TYPES[channels];
  const size = height * width * channels;
  if (![height, width].every((extent) => Number.isInteger(extent) && extent >= 1) || colourType === undefined) {
    throw new RangeError(
      `encodePng: an image must be height × width × 1 or 3 channels; received ${height}×${width}×${channels}.`,
    );
  }
  if (data.length !== size) {
    throw new RangeError(
      `encodePng: ${height}×${width}×${channels} pixels must be ${size} bytes; received ${data.length}.`,
    );
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colourType, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filteredRows(data, height, width * channels))),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Each row behind a byte that names its filter: 0, none. */
function filteredRows(data: Uint8Array, rows: number, bytes: number): Uint8Array {
  const filtered = new Uint8Array(rows * (bytes + 1));
  for (let row = 0; row < rows; row++) {
    filtered.set(data.subarray(row * bytes, (row + 1) * bytes), row * (bytes + 1) + 1);
  }
  return filtered;
}

/** Length, type, data, and the checksum of the last two. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  whole.set(body, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
