import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { RawImages } from '../dataset.ts';
import { readCached, writeCached } from './cached-file.ts';

/** Raise it when what is decoded, or how it is stored, changes: older files are then not found. */
const VERSION = 1;
const HEADER = 32;
const MAGIC = 'ABLATE01';

/** Both parts of a data set; `test` may be empty, where the division is made later. */
export interface DecodedParts {
  readonly train: RawImages;
  readonly test: RawImages;
}

/**
 * What `decode` gives, from the cache if it is there, in one file: a header of 32 bytes (magic, sizes), the labels of
 * both parts, their images.
 *
 * @param about What decides the values: the hash of the content, and the options of decoding.
 */
export async function cachedParts(
  folder: string,
  name: string,
  about: unknown,
  decode: () => Promise<DecodedParts>,
): Promise<DecodedParts> {
  const key = createHash('sha256')
    .update(JSON.stringify([VERSION, about]))
    .digest('hex');
  const file = join(folder, 'decoded', `${name}-${key.slice(0, 32)}.bin`);
  const kept = await readCached(file);
  const known = kept === null ? null : unpack(kept);
  if (known !== null) return known;
  const parts = await decode();
  const { train, test } = parts;
  await writeCached(file, [header(parts), train.labels, test.labels, train.images, test.images]);
  return parts;
}

function header({ train, test }: DecodedParts): Uint8Array {
  const bytes = new Uint8Array(HEADER);
  new TextEncoder().encodeInto(MAGIC, bytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(8, train.labels.length);
  view.setUint32(12, test.labels.length);
  view.setBigUint64(16, BigInt(train.images.length));
  view.setBigUint64(24, BigInt(test.images.length));
  return bytes;
}

/** Null where the bytes are not what was written. */
function unpack(bytes: Uint8Array): DecodedParts | null {
  if (bytes.length < HEADER || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const sizes = [
    view.getUint32(8),
    view.getUint32(12),
    Number(view.getBigUint64(16)),
    Number(view.getBigUint64(24)),
  ] as const;
  let at = HEADER;
  const take = (size: number) => bytes.subarray(at, (at += size));
  const [trainLabels, testLabels, trainImages, testImages] = [
    take(sizes[0]),
    take(sizes[1]),
    take(sizes[2]),
    take(sizes[3]),
  ] as const;
  if (at !== bytes.length) return null;
  return { train: { images: trainImages, labels: trainLabels }, test: { images: testImages, labels: testLabels } };
}
