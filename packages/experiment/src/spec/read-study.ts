import { checkDataset, type DatasetFacts, datasetFacts, datasetSchema } from '@ablate/datasets/schema';
import type { z } from 'zod';
import { type AnalysisRequest, readAnalyses } from './analyses.ts';
import { checkFairness } from './fairness.ts';
import type { OriginMap, SpecPath } from './origin.ts';
import { type SpecProblem, sortProblems } from './problem.ts';
import { readVariant, type StudyVariant } from './read-variant.ts';
import { type ResolvedSpec, resolveSpec, type SpecSource } from './resolve.ts';
import { SPEC_VERSION, studySchema } from './study-schema.ts';
import { checkTwins } from './twins.ts';
import { zodProblems } from './zod-problems.ts';

/** The values of a study, its variables filled in and its defaults too. */
export interface StudySpec
  extends Omit<z.output<typeof studySchema>, 'analysis' | 'architecture' | 'variables' | 'variants'> {
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
}

/**
 * Reads a study from its text to its networks. Never throws for what the file says: all that is wrong with it is in
 * `problems`, each with its file, line and column.
 */
export function readStudy(source: SpecSource): Study {
  const resolved = resolveSpec(source, (dataset) => {
    const parsed = datasetSchema.safeParse(dataset);
    if (!parsed.success) return null;
    const { classes, inputShape } = datasetFacts(parsed.data);
    return { classes, inputShape: [...inputShape] };
  });
  const study: Study = {
    file: source.file,
    spec: null,
    variants: [],
    problems: resolved.problems,
    sources: new Map([[source.file, source.text]]),
    datasetFacts: null,
  };
  const { value, origins } = resolved;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return study;
  const newer = newerVersion(origins);
  if (newer !== null) return { ...study, problems: [newer] };

  const problems = [...resolved.problems];
  const parsed = studySchema.safeParse(value);
  if (!parsed.success) problems.push(...zodProblems(parsed.error, origins, [], { schema: studySchema }));
  const analysis = studySchema.shape.analysis.safeParse(origins.read(['analysis']));
  const requests = analysis.success ? readAnalyses(analysis.data, origins, problems) : [];
  if (parsed.success) {
    const { architecture: _, variables: __, variants: ___, ...spec } = parsed.data;
    study.spec = { ...spec, analysis: requests };
  }
  study.datasetFacts = readDataset(origins, problems);
  study.variants = readVariants(resolved, study.datasetFacts, problems);
  return { ...study, problems: sortProblems(problems) };
}

/** A file of a later version may hold anything: nothing else is said of it. */
function newerVersion(origins: OriginMap): SpecProblem | null {
  const version = origins.read(['spec']);
  if (typeof version !== 'number' || !Number.isInteger(version) || version <= SPEC_VERSION) return null;
  const message = `spec: this version of Ablate reads spec ${SPEC_VERSION}; received ${version}. Update Ablate to read this file.`;
  return { message, origin: origins.pointAt(['spec']) };
}

function readDataset(origins: OriginMap, problems: SpecProblem[]): DatasetFacts | null {
  const parsed = datasetSchema.safeParse(origins.read(['dataset']));
  if (!parsed.success) return null;
  for (const { path, message } of checkDataset(parsed.data)) {
    problems.push({ message, origin: origins.pointAt(['dataset', ...path]) });
  }
  return datasetFacts(parsed.data);
}

function readVariants(resolved: ResolvedSpec, facts: DatasetFacts | null, problems: SpecProblem[]): StudyVariant[] {
  const { origins } = resolved;
  const unfair = studySchema.shape.unfair.safeParse(origins.read(['unfair']));
  const names = resolved.variants.map(({ name }) => name);
  if (unfair.success) checkFairness(names, unfair.data, origins, problems);
  const variants = resolved.variants.flatMap((variant) => {
    const at: SpecPath = ['variants', variant.name];
    const place = origins.get(at)?.key ?? origins.pointAt(at);
    return readVariant(variant, origins, place, facts, problems) ?? [];
  });
  checkTwins(variants, problems);
  return variants;
}
