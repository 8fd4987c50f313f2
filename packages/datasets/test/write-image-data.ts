import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import sharp from 'sharp';
import { pack } from 'tar-stream';

/** A PNG of one colour. */
export function png(
  color: [red: number, green: number, blue: number],
  width = 32,
  height = width,
): Promise<Uint8Array> {
  const [r, g, b] = color;
  return sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();
}

/** Writes files below a folder, by their paths. */
export async function writeFiles(folder: string, files: Record<string, Uint8Array>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}

/** Writes a `.tar.gz` archive. */
export async function writeArchive(file: string, files: Record<string, Uint8Array>): Promise<void> {
  const archive = pack();
  for (const [name, bytes] of Object.entries(files)) archive.entry({ name }, Buffer.from(bytes));
  archive.finalize();
  await pipeline(archive, createGzip({ level: 1 }), createWriteStream(file));
}

/** A binary batch of CIFAR: each record its labels, then a plane of one value for each colour. */
export function batch(records: readonly (readonly [labels: number[], color: [number, number, number]])[]): Uint8Array {
  return Buffer.concat(
    records.map(([labels, color]) => Buffer.concat([Buffer.from(labels), ...color.map((v) => Buffer.alloc(1024, v))])),
  );
}
