import {
  checkDataset,
  type DatasetFacts,
  type DatasetSpec,
  datasetFacts,
  datasetSchema,
  type ImageFolderSpec,
  type ImageListing,
  namedAugmentations,
} from '@ablate/datasets/schema';
import type { z } from 'zod';
import { checkAnalysisImages } from './check-analysis-images.ts';
import { checkAnalysisLayers } from './analysis-layers.ts';
import { type AnalysisRequest, readAnalyses } from './analyses.ts';
import { checkClaims, claimSchema } from './claims.ts';
import { closest, isMisspelt } from './did-you-mean.ts';
import { checkFairness } from './fairness.ts';
import { resolvePath } from './file-path.ts';
import type { Origin, OriginMap, SpecPath } from './origin.ts';
import { type LoadedPlugin, pluginPaths, readPlugins } from './plugins.ts';
import { type SpecProblem, sortProblems } from './problem.ts';
import { newerVersion, type SpecSource } from './read-files.ts';
import { readGraph, readVariant, type StudyVariant, type VariantContext } from './read-variant.ts';
import { type ResolvedSpec, type ResolvedVariant, resolveSpec } from './resolve.ts';
import { studySchema } from './study-schema.ts';
import { checkTwins } from './twins.ts';
import { zodProblems } from './zod-problems.ts';

/** The values of a study, its variables filled in and its defaults too. */
export interface StudySpec
  extends Omit<
    z.output<typeof studySchema>,
    'analysis' | 'architecture' | 'extends' | 'plugins' | 'variables' | 'variants'
  > {
  analysis: AnalysisRequest[];
}

/** A study as it was understood. */
export interface Study {
  file: string;
  /** Null where a part that all variants share can't be used. */
  spec: StudySpec | null;
  /** Those that can be trained, in the order of the file. */
  variants: StudyVariant[];
  /** Everything that is wrong, sorted and without duplicates; a study with problems can't be planned. */
  problems: SpecProblem[];
  /** Texts by file name, for {@link formatProblems}. */
  sources: Map<string, string>;
  /** Null where `dataset` can't be used. */
  datasetFacts: DatasetFacts | null;
  /** Its folder of images, which must be listed before anything is known of the data; null where it has none. */
  imageFolder: ImageFolderSpec | null;
  /** What that folder holds. */
  images: ImageListing | undefined;
  /** Files that it names under `plugins`, as its own file is. */
  pluginPaths: string[];
  /** Those that were loaded for it. */
  plugins: LoadedPlugin[];
  /** It is a base, named `_…`: it may leave out what the studies that extend it say, and can't be planned. */
  partial: boolean;
}

/**
 * Reads a study, with the files that it extends, from its text to its networks. Never throws for what the file says: all that is wrong with it is in
 * `problems`, each with its file, line and column.
 */
export function readStudy(source: SpecSource): Study {
  const resolved = resolveSpec(source, (dataset) => {
    const parsed = datasetSchema.safeParse(dataset);
    const listing = source.images !== undefined && 'reason' in source.images ? undefined : source.images;
    if (!parsed.success || (parsed.data.name === 'image-folder' && listing === undefined)) return null;
    const { classes, inputShape } = datasetFacts(parsed.data, listing);
    return { classes, inputShape: [...inputShape] };
  });
  const study: Study = {
    file: source.file,
    spec: null,
    variants: [],
    problems: resolved.problems,
    sources: resolved.sources,
    datasetFacts: null,
    imageFolder: null,
    images: undefined,
    pluginPaths: [],
    plugins: [],
    partial: resolved.partial,
  };
  const { value, origins, partial } = resolved;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return study;
  const newer = newerVersion(origins.read(['spec']), origins.pointAt(['spec']));
  if (newer !== null) return { ...study, problems: [newer] };

  const problems = [...resolved.problems];
  const parsed = studySchema.safeParse(value);
  if (!parsed.success) problems.push(...zodProblems(parsed.error, origins, [], { schema: studySchema }));
  const analysis = studySchema.shape.analysis.safeParse(origins.read(['analysis']));
  const requests = analysis.success ? readAnalyses(analysis.data, origins, problems) : [];
  if (parsed.success) {
    const { architecture: _, variables: __, variants: ___, extends: ____, plugins: _____, ...spec } = parsed.data;
    study.spec = { ...spec, dataset: withPlace(spec.dataset, origins), analysis: requests };
  }
  readDataset(study, origins, source.images, problems);
  study.pluginPaths = pluginPaths(origins);
  const plugins = readPlugins(origins, source.plugins ?? new Map(), problems);
  if (isMisspelt('plugins', Object.keys(value), Object.keys(studySchema.shape))) plugins.complete = false;
  study.plugins = plugins.loaded;
  study.variants = readVariants(
    resolved,
    { facts: study.datasetFacts, dataset: study.spec?.dataset ?? null, images: study.images, plugins },
    problems,
  );
  const complete = analysis.success && requests.length === analysis.data.length && !isMisspeltKey('analysis', origins);
  readClaims(resolved, complete ? requests : null, problems);
  if (!partial && study.variants.length > 0 && study.variants.length === resolved.variants.length) {
    const ids = new Set(study.variants.flatMap(({ graph }) => graph.nodes.map(({ id }) => id)));
    checkAnalysisLayers(requests, ids, origins, problems);
  }
  if (study.datasetFacts !== null) checkAnalysisImages(requests, study.datasetFacts.counts.test, origins, problems);
  // What is missing may be in the files that a misspelt "extends" names.
  const extendsMisspelt = Object.keys(value).some(
    (key) => key !== 'extends' && closest(key, ['extends']) !== undefined,
  );
  const said = partial || extendsMisspelt ? problems.filter(({ missing }) => missing !== true) : problems;
  return { ...study, problems: sortProblems(said) };
}

/** The data set with its `path` as the study's file is: it is written relative to the file that says it. */
function withPlace(dataset: DatasetSpec, origins: OriginMap): DatasetSpec {
  if (!('path' in dataset) || dataset.path === undefined) return dataset;
  return { ...dataset, path: resolvePath(origins.pointAt(['dataset', 'path']).file, dataset.path) };
}

/** Says in `study` what is known of its data. */
function readDataset(study: Study, origins: OriginMap, images: SpecSource['images'], problems: SpecProblem[]): void {
  const parsed = datasetSchema.safeParse(origins.read(['dataset']));
  if (!parsed.success) return;
  const dataset = withPlace(parsed.data, origins);
  if (dataset.name === 'image-folder') {
    study.imageFolder = dataset;
    const listed = images ?? { reason: 'no folders can be read here' };
    if ('reason' in listed) {
      problems.push({ message: `dataset: ${listed.reason}`, origin: origins.pointAt(['dataset', 'path']) });
      return;
    }
    study.images = listed;
  }
  for (const { path, message } of checkDataset(dataset, study.images)) {
    problems.push({ message, origin: origins.pointAt(['dataset', ...path]) });
  }
  study.datasetFacts = datasetFacts(dataset, study.images);
}

function readVariants(resolved: ResolvedSpec, context: VariantContext, problems: SpecProblem[]): StudyVariant[] {
  const { origins } = resolved;
  const unfair = studySchema.shape.unfair.safeParse(origins.read(['unfair']));
  const names = resolved.variants.map(({ name }) => name);
  const perVariant: SpecProblem[] = [];
  if (unfair.success && !resolved.partial && !isMisspeltKey('variants', origins) && !isMisspeltKey('unfair', origins))
    checkFairness(names, unfair.data, origins, problems);
  const variants = resolved.variants.flatMap((variant) => {
    const at: SpecPath = ['variants', variant.name];
    const place = origins.get(at)?.key ?? origins.pointAt(at);
    const found: SpecProblem[] = [];
    const read = readVariant(variant, origins, place, context, found);
    perVariant.push(...found.map((problem) => inVariant(problem, variant)));
    return read ?? [];
  });
  for (const { variants: affected, ...problem } of sortProblems(perVariant)) {
    // What is wrong with all of them is wrong with what they share.
    problems.push(
      affected === undefined || affected.length === names.length ? problem : { ...problem, variants: affected },
    );
  }
  const whole = ['name', 'layers'].some((form) => origins.read(['architecture', form]) !== undefined);
  if (resolved.partial && names.length === 0 && whole) {
    // Nobody builds it yet; what is wrong with it is wrong here. Without a form it is a part of one.
    readGraph(origins, origins.pointAt(['architecture']), context, problems);
  }
  const shared = context.dataset?.augment ?? [];
  const compared = variants.map((variant) => ({ ...variant, augment: namedAugmentations(variant.augment ?? shared) }));
  if (!resolved.partial) checkTwins(compared, problems);
  return variants;
}

/** Checks each claim that is one: what is wrong with the others is reported already. */
function readClaims(
  { origins, variants, partial }: ResolvedSpec,
  analysis: readonly AnalysisRequest[] | null,
  problems: SpecProblem[],
): void {
  const written = origins.read(['claims']);
  if (!Array.isArray(written)) return;
  const claims = written.map((claim: unknown) => claimSchema.safeParse(claim).data ?? null);
  const dataset = datasetSchema.safeParse(origins.read(['dataset'])).data;
  const names = variants.map(({ name }) => name);
  // A name that kept its $ has a variable that is not there: what it would have become is not known.
  const known = names.length > 0 && !names.some((name) => name.includes('$')) && !isMisspeltKey('variants', origins);
  const about = {
    variants: known && !partial ? names : null,
    analysis,
    validation: dataset?.split.validation ?? null,
  };
  checkClaims(claims, about, origins, problems);
}

/** What should stand under a key may stand under one that is none. */
function isMisspeltKey(key: string, origins: OriginMap): boolean {
  const keys = Object.keys(origins.read([]) as Record<string, unknown>);
  return isMisspelt(key, keys, Object.keys(studySchema.shape));
}

/** Names the variant, unless the place of the problem is in its entry and that entry is its alone. */
function inVariant(problem: SpecProblem, { name, written, expanded }: ResolvedVariant): SpecProblem {
  const used = problem.origin.via ?? problem.origin;
  if (!expanded && within(used, written.key, written.value)) return problem;
  return { ...problem, variants: [name] };
}

function within({ file, line, column }: Origin, from: Origin, to: Origin): boolean {
  if (file !== from.file || file !== to.file) return false;
  const after = line > from.line || (line === from.line && column >= from.column);
  return after && (line < to.endLine || (line === to.endLine && column <= to.endColumn));
}
