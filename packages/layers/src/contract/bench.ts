import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LayerCase, LayerSubject } from './layer-subject.ts';

/** A case set up for one check. */
export interface Bench {
  readonly subject: LayerSubject;
  readonly layerCase: LayerCase;
  /** The case's arguments with their defaults. */
  readonly args: Record<string, unknown>;
  /** A model of the layer alone, its weights shaken. */
  readonly built: LayersModel;
}
