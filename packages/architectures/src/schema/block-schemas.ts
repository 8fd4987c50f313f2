import { activationNames } from '@ablate/layers/schema';
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

const layerList = z.array(z.unknown());

/** Items of a layer list that hold lists of layers; those are read one by one, so here they may hold anything. */
export const blockSchemas = {
  residual: z
    .strictObject({
      main: layerList.min(1).describe('The layers whose output is added to the shortcut.'),
      shortcut: layerList.optional().describe("Layers of the shortcut; left out, it is the block's input itself."),
      activation: z.enum(activationNames).optional().describe('Activation after the sum; none if left out.'),
    })
    .describe('layers whose output is added to their input, or to that of a shortcut'),
  parallel: z
    .strictObject({
      branches: z.array(layerList).min(2).describe('Lists of layers that all take the input of the block.'),
      merge: z
        .enum(['concat', 'add'])
        .default('concat')
        .describe('How the outputs join: along the channels, or as a sum.'),
    })
    .describe('branches that take the same input and join along the channels, or as a sum'),
} as const;
