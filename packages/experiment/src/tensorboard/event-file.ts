/*
 * TensorBoard's event files: TFRecords of `Event` messages.
 * https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/util/event.proto and
 * …/core/framework/summary.proto; records as in …/core/lib/io/record_writer.cc. Only what is written here is encoded.
 */
import type { Histogram } from '@ablate/analysis/schema';
import { encodePng, type Pixels } from '../images/png.ts';

/** A value under its tag, at a step. */
export type Summary = { tag: string; step: number; wallTime: number } & Value;

type Value = { scalar: number } | { histogram: Histogram } | { image: Pixels };

/** The bytes of an event file. @param summaries In the order of their steps; `wallTime` in seconds since 1970. */
export function encodeEventFile(summaries: readonly Summary[]): Uint8Array {
  const version = message([double(1, summaries[0]?.wallTime ?? 0), text(3, 'brain.Event:2')]);
  const events = summaries.map((summary) => {
    const values = bytes(1, message([text(1, summary.tag), valueOf(summary)]));
    return message([double(1, summary.wallTime), integer(2, summary.step), bytes(5, values)]);
  });
  return message([version, ...events].map(record));
}

function valueOf(value: Value): Uint8Array {
  if ('scalar' in value) return float(2, value.scalar);
  return 'image' in value ? bytes(4, image(value.image)) : bytes(5, histogram(value.histogram));
}

function image(pixels: Pixels): Uint8Array {
  const { height, width, channels } = pixels;
  return message([integer(1, height), integer(2, width), integer(3, channels), bytes(4, encodePng(pixels))]);
}

function histogram({ min, max, sum, sumOfSquares, counts }: Histogram): Uint8Array {
  const count = counts.reduce((all, one) => all + one, 0);
  const width = (max - min) / counts.length;
  // Upper ends of the buckets.
  const limits = counts.map((_, bucket) => (bucket === counts.length - 1 ? max : min + width * (bucket + 1)));
  const numbers = [min, max, count, sum, sumOfSquares].map((value, at) => double(at + 1, value));
  return message([...numbers, bytes(6, doubles(limits)), bytes(7, doubles(counts))]);
}

/** Length, its checksum, the data, its checksum. */
function record(data: Uint8Array): Uint8Array {
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(data.length), true);
  const head = new Uint8Array(length.buffer);
  return message([head, maskedChecksum(head), data, maskedChecksum(data)]);
}

function maskedChecksum(data: Uint8Array): Uint8Array {
  const crc = crc32c(data);
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, masked, true);
  return new Uint8Array(view.buffer);
}

/** CRC-32C (Castagnoli), which Node's zlib does not have: RFC 3720, appendix B.4. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (TABLE[(crc ^ byte) & 255] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0x82f63b78 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

// Protocol buffers: a key (number of the field, wire type), then the value.

function message(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  return Uint8Array.of(...out, Number(rest));
}

function integer(field: number, value: number): Uint8Array {
  return message([varint(field << 3), varint(value)]);
}

function double(field: number, value: number): Uint8Array {
  return message([varint((field << 3) | 1), doubles([value])]);
}

function float(field: number, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value, true);
  return message([varint((field << 3) | 5), new Uint8Array(view.buffer)]);
}

function bytes(field: number, value: Uint8Array): Uint8Array {
  return message([varint((field << 3) | 2), varint(value.length), value]);
}

function text(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

function doubles(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  for (const [at, value] of values.entries()) view.setFloat64(8 * at, value, true);
  return new Uint8Array(view.buffer);
}
