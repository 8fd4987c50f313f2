import type { Dataset } from '../dataset.ts';
import { drawShapes } from '../draw-shapes.ts';
import { makeDataset, type RawDataset, requireUsable } from '../make-dataset.ts';
import type { DatasetSpec } from '../schema/dataset-schema.ts';
import type { LoadOptions } from './data-options.ts';
import { loadCifar } from './load-cifar.ts';
import { loadIdx } from './load-idx.ts';
import { listImages, loadImageFolder } from './load-image-folder.ts';

/**
 * Loads what a spec's `dataset` describes: all of its parts, in memory.
 *
 * @throws DatasetError where it is missing, broken or comes out without examples.
 */
export async function loadDataset(spec: DatasetSpec, options: LoadOptions = {}): Promise<Dataset> {
  requireUsable(spec, spec.name === 'image-folder' ? listImages(spec, options) : undefined);
  return makeDataset(await loadRaw(spec, options), spec, options);
}

async function loadRaw(spec: DatasetSpec, options: LoadOptions): Promise<RawDataset> {
  switch (spec.name) {
    case 'mnist':
    case 'fashion-mnist':
      return loadIdx(spec, options);
    case 'cifar10':
    case 'cifar100':
      return loadCifar(spec, options);
    case 'image-folder':
      return loadImageFolder(spec, options);
    case 'shapes':
      return drawShapes(spec, options);
  }
}
