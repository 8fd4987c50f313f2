import { z } from 'zod';
import { type Snapshot, snapshotSchema } from './snapshot.ts';
import { TrainingError } from '../training-error.ts';

/*
 * A checkpoint as one run of bytes, little-endian:
 *   8 bytes "ABLATECP" · u32 version · u32 length of the header · u32 number of floats
 *   · header (JSON in UTF-8, padded with spaces to a multiple of 4) · floats · SHA-256 of all before it.
 * In the header an array of floats stands as { "float32": [first, length] }.
 */

const MAGIC = 'ABLATECP';
const VERSION = 1;
const FRONT = 20;
const HASH = 32;

/** A snapshot, and what its keeper wants to know of it: plain JSON. */
export interface Checkpoint<Notes> {
  snapshot: Snapshot;
  notes: Notes;
}

export async function encodeCheckpoint<Notes>({ snapshot, notes }: Checkpoint<Notes>): Promise<Uint8Array> {
  const arrays: Float32Array[] = [];
  let floats = 0;
  const json = JSON.stringify({ snapshot, notes }, (_, value: unknown) => {
    if (!(value instanceof Float32Array)) return value;
    arrays.push(value);
    const first = floats;
    floats += value.length;
    return { float32: [first, value.length] };
  });
  const text = new TextEncoder().encode(json);
  const header = Math.ceil(text.length / 4) * 4;
  const bytes = new Uint8Array(FRONT + header + 4 * floats + HASH);
  bytes.set(new TextEncoder().encode(MAGIC));
  const front = new DataView(bytes.buffer);
  for (const [i, word] of [VERSION, header, floats].entries()) front.setUint32(MAGIC.length + 4 * i, word, true);
  bytes.fill(32, FRONT, FRONT + header);
  bytes.set(text, FRONT);
  const body = new Float32Array(bytes.buffer, FRONT + header, floats);
  let at = 0;
  for (const array of arrays) {
    body.set(array, at);
    at += array.length;
  }
  const hashed = bytes.subarray(0, -HASH);
  bytes.set(await sha256(hashed), hashed.length);
  return bytes;
}

/**
 * Reads a checkpoint back.
 *
 * @param notes What the keeper's part must follow.
 * @throws TrainingError saying what is wrong: no checkpoint, of a newer version, cut off, damaged.
 */
export async function decodeCheckpoint<Notes>(bytes: Uint8Array, notes: z.ZodType<Notes>): Promise<Checkpoint<Notes>> {
  const { version, header, floats } = readFront(bytes);
  if (version > VERSION) {
    throw new TrainingError(
      `checkpoint: must be of version ${VERSION} at most; received version ${version}, which a newer Ablate wrote. Use that one.`,
    );
  }
  const length = FRONT + header + 4 * floats + HASH;
  if (bytes.length !== length) {
    throw new TrainingError(
      `checkpoint: must have ${length} bytes; received ${bytes.length}. It was cut off, or added to.`,
    );
  }
  const hash = await sha256(bytes.subarray(0, -HASH));
  if (hash.some((byte, i) => byte !== bytes[length - HASH + i])) {
    throw new TrainingError(
      'checkpoint: its content must have the checksum at its end; it has another. It is damaged.',
    );
  }
  // Copied: a Buffer's own slice is a view, and floats must lie at multiples of 4.
  const body = new Float32Array(Uint8Array.from(bytes.subarray(FRONT + header, -HASH)).buffer);
  const text = new TextDecoder().decode(bytes.subarray(FRONT, FRONT + header));
  const parsed = z.strictObject({ snapshot: snapshotSchema, notes }).safeParse(
    JSON.parse(text, (_, value: unknown) => {
      const place = placeSchema.safeParse(value);
      if (!place.success) return value;
      const [first, size] = place.data.float32;
      return body.slice(first, first + size);
    }),
  );
  if (parsed.success) return parsed.data;
  throw new TrainingError(`checkpoint: must be whole; ${z.prettifyError(parsed.error)}`);
}

const placeSchema = z.strictObject({ float32: z.tuple([z.int().min(0), z.int().min(0)]) });

function readFront(bytes: Uint8Array): { version: number; header: number; floats: number } {
  if (bytes.length < FRONT || new TextDecoder().decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) {
    throw new TrainingError(`checkpoint: must start with "${MAGIC}"; it is none, or was cut off.`);
  }
  const front = new DataView(bytes.buffer, bytes.byteOffset);
  const word = (i: number) => front.getUint32(MAGIC.length + 4 * i, true);
  return { version: word(0), header: word(1), floats: word(2) };
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}
