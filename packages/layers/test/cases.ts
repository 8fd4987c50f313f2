import { createLayer } from '@ablate/layers';
import type { LayerSubject } from '@ablate/layers/contract';
import { describeLayer, type LayerType } from '@ablate/layers/schema';
import { attentions } from './references/attention.ts';
import { convolutions } from './references/convolution.ts';
import { coreLayers } from './references/core.ts';
import { poolings } from './references/pooling.ts';
import { regularizations } from './references/regularization.ts';
import type { SubjectCases } from './references/subject-cases.ts';

/** What every layer of the contract is tried with: a layer without an entry does not compile. */
export const subjectCases: Record<LayerType, SubjectCases> = {
  ...convolutions,
  ...coreLayers,
  ...attentions,
  ...regularizations,
  ...poolings,
};

/** A layer as the contract takes it. */
export function subjectOf(type: LayerType): LayerSubject {
  const reference = subjectCases[type].reference;
  return { descriptor: describeLayer(type), create: (args, name) => createLayer(type, args, name), reference };
}
