import { effectiveReceptiveField, featureMaps, firstLayerKernels } from '@ablate/analysis';
import { type ImageTile, mostWrong } from '@ablate/analysis/schema';
import type { Dataset } from '@ablate/datasets';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type AnalysisName, type AnalysisRequest, analyses } from '../schema/index.ts';
import { writeAnalysis } from './analysis-files.ts';
import { readClassScores } from './predictions-files.ts';
import { needsProcess } from './write-analyses.ts';

/** What such an analysis reads; what it does not need is not asked for. */
export interface AnalysisSubject {
  model(): Promise<LayersModel>;
  test(): Promise<Dataset['test']>;
}

/**
 * Writes the files of each of the analyses that read the model or the images of the test set, except `timing`. Pixels stand
 * in the JSON as base64, row by row, channels last. A network to which an analysis does not
 * apply gets a file that says why.
 */
export async function writeModelAnalyses(
  folder: string,
  requests: readonly AnalysisRequest[],
  subject: AnalysisSubject,
): Promise<void> {
  for (const request of requests) {
    if (request.name === 'timing' || !needsProcess(request)) continue;
    const value = await analyse(request, folder, subject);
    if (value !== null) writeAnalysis(folder, request.name, value, 'compact');
  }
}

async function analyse(
  { name, options }: AnalysisRequest,
  folder: string,
  subject: AnalysisSubject,
): Promise<object | null> {
  switch (name) {
    case 'most-wrong': {
      const scores = readClassScores(folder);
      if (scores === null) return null;
      const { count } = optionsOf('most-wrong', options);
      const test = await subject.test();
      const wrong = mostWrong(scores, count);
      return {
        classNames: scores.classNames,
        examples: wrong.map((one) => ({ ...one, image: rawImage(test, one.index) })),
      };
    }
    case 'feature-maps': {
      const { images, layers: wanted, channels } = optionsOf('feature-maps', options);
      const [model, test] = [await subject.model(), await subject.test()];
      const there = imageLayers(model);
      const first = firstConvolution(model);
      const names =
        wanted === 'all' ? there : wanted === 'first' ? first : wanted.filter((name) => there.includes(name));
      const missing = Array.isArray(wanted) ? wanted.filter((name) => !there.includes(name)) : [];
      if (names.length === 0)
        return { notApplicable: 'no such layer of the network has images as its output', missing };
      const indices = typeof images === 'number' ? firstOnes(images, test.count) : images;
      // Those of the study are there; a limit of the command line may leave some out.
      const gone = indices.filter((index) => index >= test.count);
      if (gone.length > 0) {
        return { notApplicable: `of ${test.count} test images there is none of number ${gone.join(', ')}`, missing };
      }
      const maps = await withImages(test, indices, (x) => featureMaps(model, x, { layers: names, channels }));
      return {
        images: indices.map((index) => ({ index, label: test.labels[index], image: rawImage(test, index) })),
        layers: maps.map((map) => ({ ...map, images: map.images.map((tiles) => tiles.map(tileAsJson)) })),
        missing,
      };
    }
    case 'first-layer-kernels': {
      const model = await subject.model();
      if (firstConvolution(model).length === 0) return { notApplicable: 'the network has no convolution' };
      const { tiles, ...kernels } = await firstLayerKernels(model);
      return { ...kernels, tiles: tiles.map((ofFilter) => ofFilter.map(tileAsJson)) };
    }
    case 'effective-receptive-field': {
      const { images, layer } = optionsOf('effective-receptive-field', options);
      const model = await subject.model();
      const there = imageLayers(model);
      if (there.length === 0 || (layer !== undefined && !there.includes(layer))) {
        return { notApplicable: 'no such layer of the network has images as its output' };
      }
      const test = await subject.test();
      const indices = firstOnes(images, test.count);
      const field = await withImages(test, indices, (x) =>
        effectiveReceptiveField(model, x, layer === undefined ? {} : { layer }),
      );
      return { images: indices.length, ...field, map: [...field.map] };
    }
    default:
      throw new Error(`internal: the analysis "${name}" does not read the model.`);
  }
}

/** The options, which the study's reader has checked, with their types. */
function optionsOf<Name extends AnalysisName>(
  name: Name,
  options: unknown,
): ReturnType<(typeof analyses)[Name]['options']['parse']> {
  return analyses[name].options.parse(options) as ReturnType<(typeof analyses)[Name]['options']['parse']>;
}

function imageLayers(model: LayersModel): string[] {
  return model.layers
    .filter(
      (layer) =>
        layer.getClassName() !== 'InputLayer' && !Array.isArray(layer.output) && layer.output.shape.length === 4,
    )
    .map(({ name }) => name);
}

/** Name of the first layer with a kernel of four dimensions, where there is one. */
function firstConvolution(model: LayersModel): string[] {
  const layer = model.layers.find(({ weights }) => weights.some(({ shape }) => shape.length === 4));
  return layer === undefined ? [] : [layer.name];
}

function firstOnes(count: number, all: number): number[] {
  return Array.from({ length: Math.min(count, all) }, (_, index) => index);
}

async function withImages<T>(
  test: Dataset['test'],
  indices: readonly number[],
  use: (images: tf.Tensor4D) => Promise<T>,
): Promise<T> {
  const images = tf.tensor4d(test.read(indices).x, [indices.length, ...test.shape]);
  try {
    return await use(images);
  } finally {
    images.dispose();
  }
}

/** An image of the data set as it is stored, one byte a value. */
function rawImage({ images, shape }: Dataset['test'], index: number): object {
  const [height, width, channels] = shape;
  const size = height * width * channels;
  return { height, width, channels, pixels: base64(images.subarray(index * size, (index + 1) * size)) };
}

function tileAsJson({ pixels, ...tile }: ImageTile): object {
  return { ...tile, pixels: base64(pixels) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
