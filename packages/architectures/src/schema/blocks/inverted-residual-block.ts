/**
 * Inverted residual with a linear bottleneck: 1×1 convolution to `expansion` times the channels, depthwise convolution,
 * 1×1 convolution without activation; the input is added where the shape stays (Sandler et al. 2018,
 * https://arxiv.org/abs/1801.04381).
 */
import type { Shape } from '@ablate/layers/schema';
import type { InvertedResidualEntry } from '../layer-entry.ts';
import { BlockLayers, type BlockParts } from './block-layers.ts';

/** The layers of an inverted residual block whose input is [height, width, channels]. */
export function invertedResidualBlock(entry: InvertedResidualEntry, input: Shape): BlockParts {
  const { filters, strides, expansion, kernelSize, shortcut, origin } = entry;
  const make = new BlockLayers(entry, origin);
  const channels = input.at(-1) ?? 1;
  const wide = [
    make.conv('expand', channels * expansion, 1),
    ...make.norm('expandNorm'),
    ...make.activation('expandActivation'),
  ];
  const main = [
    ...(expansion === 1 ? [] : wide),
    make.depthwise('depthwise', kernelSize, strides),
    ...make.norm('depthwiseNorm'),
    ...make.activation('depthwiseActivation'),
    make.conv('project', filters, 1),
    ...make.norm('projectNorm'),
    ...make.end(),
  ];
  const keeps = strides === 1 && channels === filters;
  return { shared: [], main, shortcut: shortcut === 'identity' && keeps ? [] : null, after: [] };
}
