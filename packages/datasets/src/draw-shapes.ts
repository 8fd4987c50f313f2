import { randomStream } from '@ablate/random';
import type { RawImages } from './dataset.ts';
import type { DatasetSeed, RawDataset } from './make-dataset.ts';
import { type DrawingOptions, shapeNames } from './schema/shapes.ts';

type ShapeName = (typeof shapeNames)[number];

/** Signed distances in units of the shape's radius, negative inside; none reaches beyond 1. x grows to the right, y downwards. */
const distances: Record<ShapeName, (x: number, y: number) => number> = {
  circle: (x, y) => Math.hypot(x, y) - 1,
  ring: (x, y) => Math.abs(Math.hypot(x, y) - 0.8) - 0.2,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) - 0.8,
  diamond: (x, y) => (Math.abs(x) + Math.abs(y) - 1) * Math.SQRT1_2,
  triangle: (x, y) => Math.max(y - 0.5, (Math.abs(x) * Math.sqrt(3) - y) / 2 - 0.5),
  cross: (x, y) => {
    const [near, far] = [Math.min(Math.abs(x), Math.abs(y)), Math.max(Math.abs(x), Math.abs(y))];
    return Math.max(near - 0.3, far - 0.95);
  },
};

/** Uniform numbers that describe one image: angle, radius, column, row, brightness. */
const CHOICES = 5;

/**
 * Draws the data set `shapes`: bright on black, radius 0.2 to 0.4 of the image, anywhere that it fits, turned by up to
 * 15°, brightness 0.6 to 1, then noise on every pixel, cut off at black and white as a camera does. Labels go round the
 * classes. Image i depends on seed, part and i alone, so a larger set begins with the smaller one.
 */
export function drawShapes({ size, imageSize, noise }: DrawingOptions, { seed = 0 }: DatasetSeed = {}): RawDataset {
  return {
    name: 'shapes',
    classNames: shapeNames,
    inputShape: [imageSize, imageSize, 1],
    train: drawPart('train', size.train, imageSize, noise, seed),
    test: drawPart('test', size.test, imageSize, noise, seed),
  };
}

function drawPart(part: string, count: number, imageSize: number, noise: number, seed: number): RawImages {
  const area = imageSize * imageSize;
  const images = new Uint8Array(count * area);
  const labels = new Uint8Array(count);
  const choices = randomStream(seed, `data/shapes/${part}`);
  const noises = randomStream(seed, `data/shapes/${part}/noise`);
  const grain = new Float32Array(area);
  for (let i = 0; i < count; i++) {
    const label = i % shapeNames.length;
    const choose = (choice: number, low: number, high: number) =>
      low + (high - low) * choices.uniform(i * CHOICES + choice);
    const angle = choose(0, -Math.PI / 12, Math.PI / 12);
    const radius = imageSize * choose(1, 0.2, 0.4);
    const centerX = choose(2, radius + 0.5, imageSize - radius - 0.5);
    const centerY = choose(3, radius + 0.5, imageSize - radius - 0.5);
    const brightness = choose(4, 0.6, 1);
    const distance = distances[shapeNames[label] as ShapeName];
    const [cos, sin] = [Math.cos(angle) / radius, Math.sin(angle) / radius];
    if (noise > 0) noises.fillNormal(grain, 0, noise, i * area);
    for (let p = 0; p < area; p++) {
      const x = (p % imageSize) + 0.5 - centerX;
      const y = Math.floor(p / imageSize) + 0.5 - centerY;
      const pixels = radius * distance(cos * x + sin * y, cos * y - sin * x);
      const coverage = Math.min(1, Math.max(0, 0.5 - pixels));
      images[i * area + p] = toByte(brightness * coverage + (grain[p] as number));
    }
    labels[i] = label;
  }
  return { images, labels };
}

function toByte(value: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, value)));
}
