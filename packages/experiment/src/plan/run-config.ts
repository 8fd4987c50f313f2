import { datasetSchema } from '@ablate/datasets/schema';
import { backendRequestSchema } from '@ablate/tensor-backends/schema';
import { trainingSchema } from '@ablate/training/schema';
import { z } from 'zod';
import { type AnalysisName, analyses } from '../spec/analyses.ts';
import { workersSchema } from '../spec/workers.ts';

const analysisNames = Object.keys(analyses) as AnalysisName[];

/** A network as plain JSON, as `@ablate/architectures` builds it. */
export const graphSchema = z.strictObject({
  inputShape: z.array(z.int().min(1)).readonly(),
  nodes: z.array(
    z.strictObject({
      id: z.string(),
      layer: z.string(),
      args: z.record(z.string(), z.unknown()),
      inputs: z.array(z.string()),
      origin: z.array(z.union([z.string(), z.number()])).readonly(),
      scale: z.literal(false).optional(),
    }),
  ),
  output: z.string(),
});

/** Everything that the process of one run needs, as plain JSON: every default is filled in, and `auto` once it is run. */
export const runConfigSchema = z.strictObject({
  dataset: datasetSchema,
  training: trainingSchema,
  graph: graphSchema,
  /** The files that bring layers which the network has. */
  plugins: z.array(z.strictObject({ path: z.string(), hash: z.string(), layers: z.array(z.string()) })),
  seed: z.int().min(0),
  backend: backendRequestSchema,
  workers: workersSchema,
  analysis: z.array(z.strictObject({ name: z.enum(analysisNames), options: z.record(z.string(), z.unknown()) })),
});
export type RunConfig = z.output<typeof runConfigSchema>;
