import { DatasetError } from '../dataset-error.ts';

/** The contents of an IDX file of bytes. */
export interface Idx {
  /** For images [count, height, width], for labels [count]. */
  readonly shape: readonly number[];
  /** Shares the file's buffer. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Reads an IDX file of unsigned bytes: two zero bytes, the type 0x08, the number of axes, each extent as a big-endian
 * uint32, then the values row-major.
 *
 * @param file Its name, for errors.
 * @param axes How many axes it must have: 3 for images, 1 for labels.
 * @throws DatasetError for another magic number, or more or fewer bytes than the header says.
 * @see http://yann.lecun.com/exdb/mnist
 */
export function parseIdx(buffer: Uint8Array, file: string, axes: number): Idx {
  const header = 4 + 4 * axes;
  if (buffer.length < header) {
    throw new DatasetError(
      `${file}: the IDX header must have ${header} bytes; the file has ${buffer.length}. ${again}`,
    );
  }
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  const magic = view.getUint32(0);
  const expected = UNSIGNED_BYTE * 256 + axes;
  if (magic !== expected) {
    throw new DatasetError(
      `${file}: the magic number must be ${hex(expected)} (unsigned bytes, ${axes === 1 ? '1 axis' : `${axes} axes`}); found ${hex(magic)}${guess(magic)}. ${again}`,
    );
  }
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, extent) => product * extent, 1);
  const found = buffer.length - header;
  if (found !== size) {
    const what = found < size ? 'the file is cut off' : 'there are bytes after the end';
    throw new DatasetError(
      `${file}: ${size} bytes must follow a header of ${shape.join(' × ')}; found ${found}: ${what}. ${again}`,
    );
  }
  return { shape, data: buffer.subarray(header) };
}

const again = 'Fetch the file again.';

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

function guess(magic: number): string {
  if (magic >>> 16 === 0x1f8b) return ', a gzip file: unpack it with gunzip';
  return '';
}
