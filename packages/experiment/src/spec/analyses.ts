import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import type { OriginMap } from './origin.ts';
import { formatPlace, type SpecProblem } from './problem.ts';
import { zodProblems } from './zod-problems.ts';

/** Options of analyses that look at a training while it goes on. */
export const probeOptionsSchema = z.strictObject({
  everySteps: z
    .int()
    .min(1)
    .default(100)
    .describe('Looks at the first step and at every step whose number is a multiple of it. Default 100.'),
});

/** Options of those that keep what they saw. */
export const recordOptionsSchema = probeOptionsSchema.extend({
  histograms: z
    .boolean()
    .optional()
    .describe(
      'Also keeps the distribution of the values, in 30 buckets: some 150 bytes for each at each step that is looked at. Default no.',
    ),
});

/**
 * What an analysis reads of a finished run, beside its network. `model` and `images` (those of the test set) take a
 * process of their own; the others are files of the run. `probes` are recorded while a run trains: it is trained again
 * where they lack.
 */
export type AnalysisSource = 'events' | 'predictions' | 'probabilities' | 'images' | 'model' | 'probes';

const none = z.strictObject({});

/** What a study can ask to know beside its metrics: one line, what it reads, and the options of each analysis. */
export const analyses = {
  parameters: {
    summary: 'output shape, parameters, multiply-accumulates and activation memory of each layer',
    needs: [],
    options: none,
  },
  'receptive-field': {
    summary: 'how far each layer sees, and layers that see more than the image',
    needs: [],
    options: none,
  },
  'learning-curves': {
    summary: 'loss and accuracy after each epoch, their gap, and since when it overfits',
    needs: ['events'],
    options: none,
  },
  'confusion-matrix': {
    summary: 'which class is taken for which, precision and recall',
    needs: ['predictions'],
    options: none,
  },
  roc: {
    summary: 'ROC curve and area of each class against the rest, mean area',
    needs: ['probabilities'],
    options: none,
  },
  'precision-recall': {
    summary: 'precision over recall of each class, average precision',
    needs: ['probabilities'],
    options: none,
  },
  calibration: {
    summary: 'whether it is right as often as it says: reliability diagram, expected calibration error',
    needs: ['probabilities'],
    options: z.strictObject({
      bins: z.int().min(1).default(15).describe('Bins of confidence, of equal width. Default 15.'),
    }),
  },
  'most-wrong': {
    summary: 'the wrong predictions it was surest of, with their images',
    needs: ['probabilities', 'images'],
    options: z.strictObject({ count: z.int().min(1).default(16).describe('How many at most. Default 16.') }),
  },
  'feature-maps': {
    summary: 'what layers make of images of the test set',
    needs: ['model', 'images'],
    options: z.strictObject({
      images: z
        .union([z.int().min(1), z.array(z.int().min(0)).min(1)])
        .default(4)
        .describe('How many of the test set, from its first; or a list of which, counted from 0. Default 4.'),
      layers: z
        .union([z.enum(['all', 'first']), z.array(z.string()).min(1)])
        .default('all')
        .describe(
          'all whose outputs are images, the first convolution, or ids as `ablate describe` shows them. Default all.',
        ),
      channels: z.int().min(1).default(16).describe('Channels of each layer, the first ones. Default 16.'),
    }),
  },
  'first-layer-kernels': { summary: 'kernels of the first convolution', needs: ['model'], options: none },
  'effective-receptive-field': {
    summary: 'which pixels change the centre of the last feature map, over images of the test set',
    needs: ['model', 'images'],
    options: z.strictObject({
      images: z.int().min(1).default(64).describe('How many of the test set, from its first. Default 64.'),
      layer: z.string().optional().describe('Whose centre is looked at. Default the last whose output is an image.'),
    }),
  },
  timing: {
    summary: 'inference time of a batch and of one image: median, p95, p99, and whether the machine was too noisy',
    needs: ['model'],
    options: none,
  },
  'gradient-flow': {
    summary: 'gradient, update and zeros of each weight over steps; recorded while training',
    needs: ['probes'],
    options: recordOptionsSchema,
  },
  activations: {
    summary: 'mean, spread, saturation and dead units of each layer over steps; recorded while training',
    needs: ['probes'],
    options: recordOptionsSchema,
  },
  doctor: {
    summary: 'vanishing or exploding gradients, dead units, learning rate, overfitting; recorded while training',
    needs: ['probes'],
    options: probeOptionsSchema,
  },
} as const satisfies Record<string, AnalysisDescription>;

/** What is known of an analysis. */
export interface AnalysisDescription {
  summary: string;
  needs: readonly AnalysisSource[];
  options: z.ZodType<Record<string, unknown>>;
}
export type AnalysisName = keyof typeof analyses;

/** What an analysis reads of a finished run. */
export function sourcesOf(name: AnalysisName): readonly AnalysisSource[] {
  return analyses[name].needs;
}

/** One entry of `analysis`, with its options filled in. */
export interface AnalysisRequest {
  name: AnalysisName;
  options: Record<string, unknown>;
}

/** Those that must be there while a run trains: they can't be added to a finished one. */
export function isRecorded(name: AnalysisName): boolean {
  return sourcesOf(name).includes('probes');
}

/** How an entry may be written: `roc`, or `gradient-flow: { everySteps: 100 }`. */
export const authoredAnalysesSchema = z.array(z.union([z.string(), z.record(z.string(), z.unknown())]));

/** Names and options of the analyses under the study's `analysis`; entries that can't be used are reported. */
export function readAnalyses(
  authored: z.output<typeof authoredAnalysesSchema>,
  origins: OriginMap,
  problems: SpecProblem[],
): AnalysisRequest[] {
  const requests: AnalysisRequest[] = [];
  const places = new Map<string, string>();
  for (const [index, entry] of authored.entries()) {
    const path = ['analysis', index];
    if (origins.isUnresolved(path)) continue;
    const [name, ...more] = typeof entry === 'string' ? [entry] : Object.keys(entry);
    if (name === undefined || more.length > 0) {
      const message = `analysis[${index}]: must be one name, or one name with its options, as in { timing: {} }; received ${more.length === 0 ? 'no name' : `${more.length + 1} names`}.`;
      problems.push({ message, origin: origins.pointAt(path) });
      continue;
    }
    const at = typeof entry === 'string' ? path : [...path, name];
    const place = origins.get(at)?.key ?? origins.pointAt(at);
    if (!isAnalysis(name)) {
      const message = `unknown analysis "${name}"${didYouMean(name, Object.keys(analyses), 'known analyses')}`;
      problems.push({ message, origin: place });
      continue;
    }
    const first = places.get(name);
    if (first !== undefined) {
      const message = `analysis "${name}" is already asked for at ${first}. Keep one of them.`;
      problems.push({ message, origin: place });
      continue;
    }
    places.set(name, formatPlace(place));
    const { options: schema } = analyses[name];
    const parsed = schema.safeParse(typeof entry === 'string' ? {} : (entry[name] ?? {}));
    if (parsed.success) requests.push({ name, options: parsed.data });
    else problems.push(...zodProblems(parsed.error, origins, at, { schema }));
  }
  return requests;
}

function isAnalysis(name: string): name is AnalysisName {
  return Object.hasOwn(analyses, name);
}
