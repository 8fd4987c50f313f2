import {
  type ArchitectureProblem,
  buildGraph,
  type Graph,
  knownLayerTypes,
  type NetworkContext,
} from '@ablate/architectures/schema';
import {
  type Augment,
  checkDataset,
  type DatasetFacts,
  type DatasetSpec,
  type ImageListing,
} from '@ablate/datasets/schema';
import { type TrainingRecipe, trainingSchema } from '@ablate/training/schema';
import type { z } from 'zod';
import { architectureProblems } from './architecture-problems.ts';
import { isMisspelt } from './did-you-mean.ts';
import { matchVariant, type VariantMatch } from './match-variant.ts';
import type { Origin, OriginMap } from './origin.ts';
import { isForeign, type StudyPlugins } from './plugins.ts';
import type { SpecProblem } from './problem.ts';
import type { ResolvedVariant } from './resolve.ts';
import { studySchema, type variantDatasetSchema, variantSchema } from './study-schema.ts';
import { zodProblems } from './zod-problems.ts';

/** One variant that can be trained. */
export interface StudyVariant {
  name: string;
  /** Its `title`; its name where there is none. */
  title: string;
  /** With the widths that `match` gave it. */
  graph: Graph;
  /** How it came to the cost that `match` asks for; null where nothing is asked. */
  match: VariantMatch | null;
  training: TrainingRecipe;
  /** How its training images are varied; null where as the study says. */
  augment: Augment | null;
  /** Where its name is written. */
  origin: Origin;
}

/** What a variant's network depends on beside the variant. */
export interface VariantContext {
  /** Null where the data set can't be used. */
  facts: DatasetFacts | null;
  /** Null where there is none. */
  dataset: DatasetSpec | null;
  images: ImageListing | undefined;
  plugins: StudyPlugins;
}

/** What stands in for a data set that can't be used. What is wrong with both doesn't depend on the data. */
const STAND_INS = [
  { inputShape: [32, 32, 3], classes: 10 },
  { inputShape: [64, 64, 1], classes: 7 },
] as const;

/**
 * Checks one variant and builds its network; null where something about it is wrong.
 *
 * @param study Origins of the whole study: of its training too, unless the variant overrides it.
 * @param origin Where its name is written.
 */
export function readVariant(
  { name, value, origins }: ResolvedVariant,
  study: OriginMap,
  origin: Origin,
  context: VariantContext,
  problems: SpecProblem[],
): StudyVariant | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (!origins.isUnresolved([])) {
      const message = `variant "${name}": must be a map with an architecture; received ${JSON.stringify(value)}.`;
      problems.push({ message, origin });
    }
    return null;
  }
  const parsed = variantSchema.safeParse(value);
  if (!parsed.success)
    problems.push(...zodProblems(parsed.error, origins, [], { schema: variantSchema, what: 'the variant' }));
  const overrides = study.read(['variants', name, 'training']) !== undefined;
  const training = readTraining(overrides ? origins : study, study, context.facts, problems);
  const graph = readGraph(origins, origin, context, problems);
  const matched = graph === null ? null : matchVariant(name, graph, origins, study, problems);
  if (!parsed.success || training === null || matched === null) return null;
  const augment = readAugment(parsed.data.dataset, origins, context, problems);
  return { name, title: parsed.data.title ?? name, ...matched, training, augment, origin };
}

function readAugment(
  own: z.output<typeof variantDatasetSchema> | undefined,
  origins: OriginMap,
  { dataset, images }: VariantContext,
  problems: SpecProblem[],
): Augment | null {
  if (own?.augment === undefined) return null;
  const augment = own.augment ?? [];
  const found = dataset === null ? [] : checkDataset({ ...dataset, augment }, images);
  for (const { path, message } of found) {
    if (path[0] === 'augment') problems.push({ message, origin: origins.pointAt(['dataset', ...path]) });
  }
  return augment;
}

function readTraining(
  origins: OriginMap,
  study: OriginMap,
  facts: DatasetFacts | null,
  problems: SpecProblem[],
): TrainingRecipe | null {
  const written = origins.read(['training']);
  const parsed = trainingSchema.safeParse(written === undefined ? {} : written);
  if (!parsed.success) {
    const found = zodProblems(parsed.error, origins, ['training'], { schema: trainingSchema });
    const misread = isMisread(study);
    problems.push(...found.filter(({ missing }) => !misread || missing !== true));
    return null;
  }
  const { batchSize } = parsed.data;
  if (facts !== null && facts.counts.train > 0 && batchSize > facts.counts.train) {
    problems.push({
      message: `batchSize (=${batchSize}): must be at most the number of training examples (=${facts.counts.train}). Lower it, or use more of the data set.`,
      origin: origins.get(['training', 'batchSize'])
        ? origins.pointAt(['training', 'batchSize'])
        : study.pointAt(['dataset', 'limit']),
    });
  }
  return parsed.data;
}

/** Whether a study's training has keys that nothing knows: what they were meant to say is not missing. */
function isMisread(study: OriginMap): boolean {
  if (isMisspelt('training', keysOf(study.read([])), Object.keys(studySchema.shape))) return true;
  const { error } = trainingSchema.safeParse(study.read(['training']) ?? {});
  return error?.issues.some(({ code }) => code === 'unrecognized_keys') ?? false;
}

/** Builds the network of a variant, or of a base that has an `architecture`; null where something about it is wrong. */
export function readGraph(
  origins: OriginMap,
  origin: Origin,
  { facts, plugins }: VariantContext,
  problems: SpecProblem[],
): Graph | null {
  const architecture = origins.read(['architecture']);
  if (architecture === undefined) {
    const keys = Object.keys(variantSchema.shape);
    if (origins.get([])?.incomplete === true || isMisspelt('architecture', keysOf(origins.read([])), keys)) return null;
    const message = '"architecture" is missing: give the variant one, or give the study one that all variants share.';
    problems.push({ message, origin, missing: true });
    return null;
  }
  const tell = (context: NetworkContext): { graph: Graph | null; told: SpecProblem[] } => {
    const { graph, problems: found } = buildGraph(architecture, context);
    // A plugin that could not be loaded may have any layer.
    const said = plugins.complete
      ? [...found, ...foreignLayers(graph, plugins)]
      : found.filter(({ unknown }) => unknown?.what !== 'layer');
    return { graph, told: architectureProblems(said, origins, ['architecture']) };
  };
  if (facts === null) {
    const [one, other] = STAND_INS.map((context) => tell(context).told);
    const said = new Set(other?.map(({ message }) => message));
    problems.push(...(one ?? []).filter(({ message }) => said.has(message)));
    return null;
  }
  const { graph, told } = tell(facts);
  problems.push(...told);
  return graph;
}

/** Layers that only another study's plugins have are unknown to this one. */
function foreignLayers(graph: Graph | null, plugins: StudyPlugins): ArchitectureProblem[] {
  const foreign = (graph?.nodes ?? []).filter(({ layer }) => isForeign(layer, plugins));
  return foreign.map(({ layer, origin: path }) => {
    const known = knownLayerTypes().filter((type) => !isForeign(type, plugins));
    const message = `unknown layer "${layer}".`;
    return { path, message, at: 'key', unknown: { what: 'layer', name: layer, known } };
  });
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
