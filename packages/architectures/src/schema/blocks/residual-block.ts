/**
 * Residual blocks by name: basic and bottleneck (He et al. 2015, https://arxiv.org/abs/1512.03385), pre-activation (He et
 * al. 2016, https://arxiv.org/abs/1603.05027), wide (Zagoruyko and Komodakis 2016, https://arxiv.org/abs/1605.07146).
 *
 *     basic                    conv1 norm1 act1 [dropout] conv2 norm2                    (+ shortcut) act
 *     bottleneck               conv1 norm1 act1 conv2 norm2 act2 [dropout] conv3 norm3   (+ shortcut) act
 *     preActivation, wide      norm1 act1 conv1 norm2 act2 [dropout] conv2               (+ shortcut)
 *     preActivationBottleneck  norm1 act1 conv1 norm2 act2 conv2 norm3 act3 [dropout] conv3 (+ shortcut)
 *
 * Where a pre-activation block projects, its shortcut starts behind norm1 and act1, as in both papers' code.
 */
import type { Shape } from '@ablate/layers/schema';
import { isBottleneck, isPreActivation } from '../block-schemas.ts';
import type { LayerEntry, ResidualBlockEntry } from '../layer-entry.ts';
import { BlockLayers, type BlockParts } from './block-layers.ts';

/** A convolution of the main path. */
interface Conv {
  filters: number;
  kernelSize: number;
  strides: number;
}

/** The layers of a residual block whose input is [height, width, channels]. */
export function residualBlock(entry: ResidualBlockEntry, input: Shape): BlockParts {
  const make = new BlockLayers(entry, entry.origin);
  const convs = convolutionsOf(entry);
  const shortcut = shortcutOf(entry, input, make);
  if (!isPreActivation(entry.block)) {
    const main = convs.flatMap((conv, index) => {
      const place = index + 1;
      const last = place === convs.length;
      const scale = last && entry.zeroInitLastScale ? { gammaInitializer: 'zeros' } : {};
      return [
        ...(last ? make.dropout(entry.dropout) : []),
        make.conv(`conv${place}`, conv.filters, conv.kernelSize, conv.strides),
        ...make.norm(`norm${place}`, scale),
        ...(last ? [] : make.activation(`activation${place}`)),
      ];
    });
    return { shared: [], main: [...main, ...make.end()], shortcut, after: make.activation('activation') };
  }
  const first = [...make.norm('norm1'), ...make.activation('activation1')];
  const projects = shortcut?.some(({ type }) => type === 'conv2d') === true;
  const main = convs.flatMap((conv, index) => {
    const place = index + 1;
    return [
      ...(index === 0 ? [] : [...make.norm(`norm${place}`), ...make.activation(`activation${place}`)]),
      ...(place === convs.length ? make.dropout(entry.dropout) : []),
      make.conv(`conv${place}`, conv.filters, conv.kernelSize, conv.strides),
    ];
  });
  return {
    shared: projects ? first : [],
    main: [...(projects ? [] : first), ...main, ...make.end()],
    shortcut,
    after: [],
  };
}

function convolutionsOf({ block, filters, kernelSize, strides, expansion, strideIn }: ResidualBlockEntry): Conv[] {
  if (!isBottleneck(block)) {
    return [
      { filters, kernelSize, strides },
      { filters, kernelSize, strides: 1 },
    ];
  }
  const narrow = filters / expansion;
  const early = strideIn === '1x1';
  return [
    { filters: narrow, kernelSize: 1, strides: early ? strides : 1 },
    { filters: narrow, kernelSize, strides: early ? 1 : strides },
    { filters, kernelSize: 1, strides: 1 },
  ];
}

function shortcutOf(entry: ResidualBlockEntry, input: Shape, make: BlockLayers): LayerEntry[] | null {
  const { shortcut, filters, strides, block } = entry;
  const widens = input.at(-1) !== filters;
  if (shortcut === 'none') return null;
  if (shortcut === 'identity' || (strides === 1 && !widens)) return [];
  if (shortcut === 'projected') {
    return [make.conv('conv', filters, 1, strides), ...(isPreActivation(block) ? [] : make.norm('norm'))];
  }
  return [
    ...(strides === 1 ? [] : [make.layer('subsample', 'averagePooling2d', { poolSize: 1, strides })]),
    ...(widens ? [make.layer('pad', 'channelPadding', { channels: filters })] : []),
  ];
}
