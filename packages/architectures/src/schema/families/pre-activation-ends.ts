import type { AuthoredLayer } from './family.ts';
import { activationLayer, named } from './family-layers.ts';
import type { LayerChoice } from './family-options.ts';

/** What stands around pre-activation blocks: a bare convolution before them, normalization and activation behind. */
export function preActivationEnds(
  filters: number,
  norm: AuthoredLayer,
  activation: LayerChoice,
): { stem: AuthoredLayer[]; end: AuthoredLayer[] } {
  const conv = { filters, kernelSize: 3, padding: 'same', useBias: norm === 'none', kernelInitializer: 'heNormal' };
  return {
    stem: [{ conv2d: { ...conv, name: 'stem_conv' } }],
    end: [...named(norm, 'end_norm'), ...activationLayer(activation, 'end_activation')],
  };
}
