import { initializerNames } from '@ablate/layers/schema';
import { z } from 'zod';

/** What a layer may be called: one step of its id, which is a path. */
export const layerNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]*$/)
  .refine((name) => name !== 'input', '"input" is the network\'s input; call the layer something else')
  .describe('Its id, unique in its list: a letter, then letters, digits, ".", "_" and "-".');

/** Whether a width search (`match`) may change the layer's `filters` or `units`. */
export const layerScaleSchema = z
  .boolean()
  .describe('Whether `match` may change the number of filters or units of this layer. Default true.');

/** Residual blocks by name. */
export const residualKinds = ['basic', 'bottleneck', 'preActivation', 'preActivationBottleneck', 'wide'] as const;
export type ResidualKind = (typeof residualKinds)[number];

/** What the main path of a residual block by name is added to. */
export const shortcutKinds = ['identity', 'padded', 'projected', 'none'] as const;
export type ShortcutKind = (typeof shortcutKinds)[number];

/** Normalization layers by a short name. */
export const normNames = ['batch', 'group', 'layer', 'none'] as const;

/** Channels of a bottleneck over those inside it, where nothing else is said. */
export const BOTTLENECK_EXPANSION = 4;

/** More is a slip of the keyboard, and would only be found after minutes. */
const MOST_REPEATS = 1000;

const layerList = z.array(z.unknown());
const share = z.number().min(0).lt(1).optional();

/** These are read by themselves, as a layer of a list is. */
const activation = z.unknown();
const norm = z
  .unknown()
  .describe('Normalization: batch, group, layer, none, or a layer with its arguments. Default batch.');
const attention = z
  .unknown()
  .describe('A layer at the end of the main path, such as squeezeExcitation; none if left out.');
const dropPath = share.describe('Share of examples whose main path is left out while training, in [0, 1). Default 0.');
const kernelInitializer = z
  .enum(initializerNames)
  .optional()
  .describe('Initial values of the convolution kernels. Default heNormal.');

const residual = z
  .strictObject({
    main: layerList.min(1).optional().describe('The layers whose output is added to the shortcut.'),
    shortcut: z
      .union([layerList, z.enum(shortcutKinds)])
      .optional()
      .describe(
        'With main, the layers of the shortcut; left out, it is the input itself. Of a block by its kind: identity; where its shape changes padded (strided, zeros as new channels: option A) or projected (1×1 convolution and normalization: option B, the default). none leaves the sum out: the plain twin of the block.',
      ),
    activation: activation
      .optional()
      .describe(
        'An activation, or a layer with its arguments. With main, after the sum, and none if left out; of a block by its kind all of them. Default relu.',
      ),
    kind: z
      .enum(residualKinds)
      .optional()
      .describe(
        'A block by name: basic (two convolutions), bottleneck (1×1, k×k, 1×1), preActivation and preActivationBottleneck (normalization and activation before each convolution), wide (preActivation with widen times the filters). Default basic.',
      ),
    filters: z.int().min(1).optional().describe('Channels that a block by its kind gives; of a wide one, times widen.'),
    strides: z.int().min(1).optional().describe('Pixels between neighbouring windows. Default 1.'),
    kernelSize: z.int().min(1).optional().describe('Height and width of the kernels that are not 1×1. Default 3.'),
    expansion: z.int().min(1).optional().describe('filters of a bottleneck over those inside. Default 4.'),
    strideIn: z
      .enum(['3x3', '1x1'])
      .optional()
      .describe('The convolution of a bottleneck that strides: 3x3, or the first 1x1, as He et al. 2015. Default 3x3.'),
    widen: z.int().min(1).optional().describe('Factor of the filters of a wide block. Default 2.'),
    norm: norm.optional(),
    attention: attention.optional(),
    dropout: share.describe('Share of activations zeroed before the last convolution, in [0, 1). Default 0.'),
    dropPath,
    zeroInitLastScale: z
      .boolean()
      .optional()
      .describe('Start the last normalization of the main path at scale 0: the block starts as its shortcut.'),
    kernelInitializer,
  })
  .superRefine((block, context) => {
    const refuse = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
    const { main, shortcut, kind = 'basic', norm: normalization, zeroInitLastScale } = block;
    if (main === undefined) {
      if (block.filters === undefined) {
        const message = 'must have "main", a list of layers, or "filters", for a block by its kind';
        context.addIssue({ code: 'custom', path: [], message });
      }
      if (Array.isArray(shortcut)) refuse('shortcut', `must be one of ${shortcutKinds.join(', ')} without "main"`);
      if (block.expansion !== undefined && !isBottleneck(kind)) refuse('expansion', 'is for bottlenecks only');
      const { filters = 0, expansion = BOTTLENECK_EXPANSION } = block;
      if (isBottleneck(kind) && filters % expansion !== 0) {
        refuse('filters', `must be a multiple of expansion (=${expansion}); received ${filters}`);
      }
      if (block.strideIn !== undefined && !isBottleneck(kind)) refuse('strideIn', 'is for bottlenecks only');
      if (block.widen !== undefined && kind !== 'wide') refuse('widen', 'is for wide blocks only');
      if (zeroInitLastScale === true && (isPreActivation(kind) || normalization === 'none')) {
        refuse('zeroInitLastScale', 'needs a block whose main path ends in a normalization: basic or bottleneck');
      }
      if (shortcut === 'none' && (block.dropPath ?? 0) > 0) {
        refuse('dropPath', 'must be 0 without a shortcut: nothing would be left of the example');
      }
    } else {
      const { main: _, shortcut: __, activation: ___, ...others } = block;
      for (const key of Object.keys(others))
        refuse(key, 'is for a block by its kind, and this one has "main"; remove one');
      if (shortcut === 'padded' || shortcut === 'projected') {
        refuse('shortcut', 'must be a list of layers, identity or none beside "main"');
      }
    }
  });
export type ResidualArgs = z.infer<typeof residual>;

const invertedResidual = z.strictObject({
  filters: z.int().min(1).describe('Channels that the block gives.'),
  strides: z.int().min(1).default(1).describe('Pixels between neighbouring windows.'),
  expansion: z.int().min(1).default(6).describe('Channels inside over those of the input; 1 leaves out the first 1×1.'),
  kernelSize: z.int().min(1).default(3).describe('Height and width of the depthwise kernels.'),
  shortcut: z
    .enum(['identity', 'none'])
    .default('identity')
    .describe('identity: the input is added where the block keeps its shape; none leaves the sum out: the plain twin.'),
  activation: activation
    .optional()
    .describe('An activation, or a layer with its arguments; there is none after the last convolution. Default relu6.'),
  norm: norm.optional(),
  attention: attention.optional(),
  dropPath,
  kernelInitializer,
});
export type InvertedResidualArgs = z.infer<typeof invertedResidual>;

/** Items of a layer list that hold lists of layers; those are read one by one, so here they may hold anything. */
export const blockSchemas = {
  residual: residual.describe(
    'layers whose output is added to their input, or to that of a shortcut; or a block by its kind',
  ),
  invertedResidual: invertedResidual.describe(
    '1×1, depthwise, 1×1 convolution, wide inside, whose input is added (MobileNetV2)',
  ),
  parallel: z
    .strictObject({
      branches: z.array(layerList).min(2).describe('Lists of layers that all take the input of the block.'),
      merge: z
        .enum(['concat', 'add', 'chain'])
        .default('concat')
        .describe(
          'How the outputs join: along the channels, or as a sum. chain sets the branches one after another: the plain twin of the block.',
        ),
    })
    .describe('branches that take the same input and join along the channels, or as a sum'),
  repeat: z
    .strictObject({
      times: z.int().min(0).max(MOST_REPEATS).describe('How often the layers follow each other; 0 leaves them out.'),
      layers: layerList.min(1).describe('The layers, written once. They have no `name`: their ids are counted.'),
    })
    .describe('layers a number of times, as if they were written so often: depth as a variable'),
} as const;

/** Whether the block has a narrow convolution between two of 1×1. */
export function isBottleneck(kind: ResidualKind): boolean {
  return kind === 'bottleneck' || kind === 'preActivationBottleneck';
}

/** Whether normalization and activation stand before the convolutions, so that nothing follows the sum. */
export function isPreActivation(kind: ResidualKind): boolean {
  return kind !== 'basic' && kind !== 'bottleneck';
}
