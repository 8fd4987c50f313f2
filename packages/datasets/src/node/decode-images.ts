import { availableParallelism } from 'node:os';
import type { Sharp, SharpOptions } from 'sharp';
import { DatasetError } from '../dataset-error.ts';

/** An image to decode: its bytes, or where it lies. */
export interface EncodedImage {
  /** For errors. */
  readonly name: string;
  readonly source: string | Uint8Array;
}

export interface Decoding {
  readonly shape: readonly [height: number, width: number, channels: number];
  /** How images of another size are brought to the shape; null: they are refused. */
  readonly fit: 'stretch' | 'crop' | 'pad' | null;
  /** Who asks, for errors. */
  readonly who: string;
  readonly onDone?: (done: number) => void;
}

/** How many unreadable images an error names. */
const SHOWN = 5;
const sharpFits = { stretch: 'fill', crop: 'cover', pad: 'contain' } as const;

/**
 * Decodes images one behind the other, [count, height, width, channels], as sRGB or grey; transparent pixels stand on
 * black, and photographs are turned as their camera says.
 *
 * @throws DatasetError naming the images that can't be read, once all others were.
 */
export async function decodeImages(images: readonly EncodedImage[], decoding: Decoding): Promise<Uint8Array> {
  const { shape, who, onDone } = decoding;
  const sharp = await importSharp(who);
  const size = shape[0] * shape[1] * shape[2];
  const pixels = new Uint8Array(images.length * size);
  const failures: { index: number; why: string }[] = [];
  let next = 0;
  let done = 0;
  const decodeSome = async () => {
    while (next < images.length) {
      const index = next++;
      try {
        pixels.set(await decode(sharp, (images[index] as EncodedImage).source, decoding), index * size);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        failures.push({ index, why: why.replaceAll(/\s+/g, ' ').trim() });
      }
      onDone?.(++done);
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, decodeSome));
  if (failures.length > 0) throw new DatasetError(describeFailures(failures, images, who));
  return pixels;
}

type SharpFactory = (input: string | Uint8Array, options?: SharpOptions) => Sharp;

async function decode(sharp: SharpFactory, source: string | Uint8Array, { shape, fit }: Decoding): Promise<Uint8Array> {
  const [height, width, channels] = shape;
  let image = sharp(source).rotate().flatten({ background: 'black' });
  if (fit !== null) image = image.resize(width, height, { fit: sharpFits[fit], background: 'black' });
  image = channels === 1 ? image.greyscale() : image.toColourspace('srgb');
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  if (info.height !== height || info.width !== width) {
    throw new Error(`images must be ${height} × ${width}; it is ${info.height} × ${info.width}`);
  }
  if (info.channels !== channels) throw new Error(`it has ${info.channels} channels, not ${channels}`);
  return data;
}

async function importSharp(who: string): Promise<SharpFactory> {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    throw new DatasetError(
      `${who}: images are decoded by the npm package sharp, which can't be loaded (${error instanceof Error ? error.message.split('\n')[0] : String(error)}). Get it with: npm install sharp`,
      { cause: error },
    );
  }
}

function describeFailures(
  failures: { index: number; why: string }[],
  images: readonly EncodedImage[],
  who: string,
): string {
  const sorted = failures.sort((a, b) => a.index - b.index);
  const lines = sorted.slice(0, SHOWN).map(({ index, why }) => `\n  ${images[index]?.name} (${why})`);
  const more = sorted.length > SHOWN ? `\n  and ${sorted.length - SHOWN} more` : '';
  return `${who}: every image must be readable; ${sorted.length} of ${images.length} can't be read:${lines.join('')}${more}\nMend them or take them out.`;
}
