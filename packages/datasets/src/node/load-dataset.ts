import type { Dataset } from '../dataset.ts';
import { drawShapes } from '../draw-shapes.ts';
import { type DatasetSeed, makeDataset, requireUsable } from '../make-dataset.ts';
import type { DatasetSpec } from '../schema/dataset-schema.ts';
import type { DataPlaces } from './find-mnist.ts';
import { loadMnist } from './load-mnist.ts';

export interface LoadOptions extends DatasetSeed, DataPlaces {}

/**
 * Loads what a spec's `dataset` describes: all of its parts, in memory.
 *
 * @throws DatasetError where it is missing, broken or comes out without examples.
 */
export async function loadDataset(spec: DatasetSpec, options: LoadOptions = {}): Promise<Dataset> {
  requireUsable(spec);
  switch (spec.name) {
    case 'mnist':
      return makeDataset(await loadMnist(options), spec, options);
    case 'shapes':
      return makeDataset(drawShapes(spec, options), spec, options);
  }
}
