import { imageTile } from '@ablate/analysis/schema';
import type { AnalysisName } from '../schema/index.ts';
import { imageSheet } from './image-sheet.ts';
import type { Pixels } from './png.ts';

/** An image as the files of analyses have it. */
interface StoredImage {
  height: number;
  width: number;
  channels: number;
  /** Base64. */
  pixels: string;
}

/** An image under its name, which begins with that of its analysis. */
type Tagged = [tag: string, image: Pixels];

/** Analyses that have images, and how these come from what the file of one holds. */
const IMAGES: Readonly<Partial<Record<AnalysisName, (value: never) => Tagged[]>>> = {
  'confusion-matrix': confusionImages,
  'most-wrong': ({ examples }: { examples: { image: StoredImage }[] }) =>
    examples.length === 0 ? [] : [['most-wrong', sheetOf(examples.map(({ image }) => image))]],
  'feature-maps': featureMapImages,
  'first-layer-kernels': ({ layer, tiles }: { layer: string; tiles: StoredImage[][] }) => {
    const columns = (tiles[0]?.length ?? 1) > 1 ? tiles[0]?.length : undefined;
    return [[`first-layer-kernels/${layer}`, sheetOf(tiles.flat(), columns)]];
  },
  'effective-receptive-field': ({ layer, height, width, map }: EffectiveField) => [
    [
      `effective-receptive-field/${layer}`,
      imageTile([height, width, 1], (row, column) => map[row * width + column] ?? 0),
    ],
  ],
};

/** The images of an analysis, from what its file holds; none where it has no pixels, or does not apply. */
export function analysisImages(name: AnalysisName, value: object): Tagged[] {
  return 'notApplicable' in value ? [] : (IMAGES[name]?.(value as never) ?? []);
}

interface EffectiveField {
  layer: string;
  height: number;
  width: number;
  map: number[];
}

/** A row for each true class, white where it is always taken for that column's. */
function confusionImages({ matrix }: { matrix: number[][] }): Tagged[] {
  const shares = matrix.flatMap((row) => {
    const count = row.reduce((sum, one) => sum + one, 0);
    return row.map((one) => (count === 0 ? 0 : Math.round((255 * one) / count)));
  });
  const size = matrix.length;
  return [['confusion-matrix', { height: size, width: size, channels: 1, pixels: Uint8Array.from(shares) }]];
}

/** The images that were looked at, and of each layer and image its channels. */
function featureMapImages({ images, layers }: FeatureMaps): Tagged[] {
  const maps = layers.flatMap(({ layer, images: ofLayer }) =>
    ofLayer.map((tiles, image): Tagged => [`feature-maps/${layer}/image-${images[image]?.index}`, sheetOf(tiles)]),
  );
  return [['feature-maps/images', sheetOf(images.map(({ image }) => image))], ...maps];
}

interface FeatureMaps {
  images: { index: number; image: StoredImage }[];
  layers: { layer: string; images: StoredImage[][] }[];
}

function sheetOf(stored: readonly StoredImage[], columns?: number): Pixels {
  const images = stored.map((image) => ({ ...image, pixels: Buffer.from(image.pixels, 'base64') }));
  return imageSheet(images, columns);
}
