import { countParameters, type Graph, inspectGraph } from '@ablate/architectures/schema';
import type { DatasetSpec, ImageListing } from '@ablate/datasets/schema';
import type { BackendRequest } from '@ablate/tensor-backends/schema';
import type { Claim } from '../spec/claims.ts';
import type { VariantMatch } from '../spec/match-variant.ts';
import { SpecError, type SpecProblem } from '../spec/problem.ts';
import type { Study } from '../spec/read-study.ts';
import type { WorkersRequest } from '../spec/workers.ts';
import type { Environment } from './environment.ts';
import { fingerprint } from './fingerprint.ts';
import { applyOverrides, type Overrides } from './overrides.ts';
import { resolveConfig } from './resolve-config.ts';
import type { RunConfig } from './run-config.ts';
import { selectRuns } from './select-runs.ts';
import { type Shard, shardRuns } from './shard.ts';

/** What a study comes to: plain JSON. */
export interface Plan {
  title: string;
  /** The study's file as it was named. */
  file: string;
  /** The file's name without folder and extension; results stand under it. */
  name: string;
  /** What all variants share; the config of a run has its variant's augmentation. */
  dataset: DatasetSpec;
  /** What the folder of an `image-folder` holds. */
  images?: ImageListing;
  backend: BackendRequest;
  workers: WorkersRequest;
  variants: PlanVariant[];
  /** Paths in which variants may be trained differently. */
  unfair: string[];
  /** What the study says will come out. */
  claims: Claim[];
  /** Which part of the study's runs these are; absent: all of them. */
  shard?: Shard;
  /** Every variant with every seed: the first variant's runs first. */
  runs: PlanRun[];
}

/** One network to train. */
export interface PlanVariant {
  name: string;
  title: string;
  graph: Graph;
  /** How its widths came to the cost that the study asks for; null where it asks for none. */
  match: VariantMatch | null;
  summary: {
    parameters: { trainable: number; total: number };
    /** Multiply-accumulates of one forward pass of one example. */
    macs: number;
  };
}

/** One network trained once. */
export interface PlanRun {
  /** `cnn/seed-1`: also its folder below the study's. */
  id: string;
  variant: string;
  seed: number;
  config: RunConfig;
  /** Equal for runs that must come to the same weights, in the environment that the plan was made for. */
  fingerprint: string;
}

/**
 * The runs of a study.
 *
 * @param environment What runs depend on beside the study: `auto` in their configs is replaced by what it stands for.
 *   Left out, `auto` stays, and fingerprints are those of the configs alone.
 * @throws SpecError if the study has problems.
 * @throws OverrideError if an override can't be used with it.
 */
export function planStudy(study: Study, overrides: Overrides = {}, environment?: Environment): Plan {
  const { spec, variants, file } = study;
  if (study.partial && study.problems.length === 0) throw new SpecError([baseProblem(file)], study.sources);
  if (spec === null || study.problems.length > 0) throw new SpecError(study.problems, study.sources);
  const { dataset, trainings } = applyOverrides(
    { dataset: spec.dataset, images: study.images, trainings: variants.map(({ training }) => training) },
    overrides,
  );
  const name = nameOf(file);
  const { backend = spec.backend, workers = spec.workers } = overrides;
  const all = variants.flatMap(({ name: variant, graph, training, augment }, index) =>
    (overrides.seeds ?? spec.seeds).map((seed): PlanRun => {
      const plugins = study.plugins.filter(({ layers }) => graph.nodes.some(({ layer }) => layers.includes(layer)));
      const data = augment === null ? dataset : { ...dataset, augment };
      const own = { dataset: data, training: trainings[index] ?? training, graph, plugins, seed };
      const config = resolveConfig({ ...own, backend, workers, analysis: spec.analysis }, environment);
      return { id: `${variant}/seed-${seed}`, variant, seed, config, fingerprint: fingerprint(config, environment) };
    }),
  );
  const runs = selectRuns(all, overrides);
  const selected = variants.filter((variant) => runs.some((run) => run.variant === variant.name));
  const { title = name, unfair, claims } = spec;
  const images = study.images === undefined ? {} : { images: study.images };
  const shared = { title, file, name, dataset, ...images, backend, workers };
  const plan = { ...shared, variants: selected.map(planVariant), unfair, claims };
  const { shard } = overrides;
  return shard === undefined ? { ...plan, runs } : { ...plan, shard, runs: shardRuns(runs, shard) };
}

function planVariant({ name, title, graph, match }: Study['variants'][number]): PlanVariant {
  const { trainable, nonTrainable } = countParameters(graph);
  const macs = inspectGraph(graph).reduce((sum, node) => sum + node.macs, 0);
  return { name, title, graph, match, summary: { parameters: { trainable, total: trainable + nonTrainable }, macs } };
}

function baseProblem(file: string): SpecProblem {
  const origin = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  return { message: 'a file named "_…" is a base and has no runs. Name a study that extends it.', origin };
}

/** `quickstart` of `experiments/quickstart.yaml`. */
function nameOf(file: string): string {
  const base = file.split(/[\\/]/).at(-1) ?? file;
  return base.replace(/\.ya?ml$/i, '');
}
