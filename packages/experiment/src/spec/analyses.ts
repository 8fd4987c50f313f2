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

/** What a study can ask to know beside its metrics: one line and the options of each analysis. */
export const analyses = {
  parameters: { summary: 'parameters and multiply-accumulates of each layer', options: z.strictObject({}) },
  'receptive-field': { summary: 'how far each layer sees', options: z.strictObject({}) },
  'learning-curves': { summary: 'loss and accuracy after each epoch', options: z.strictObject({}) },
  'confusion-matrix': { summary: 'which class is taken for which, precision and recall', options: z.strictObject({}) },
  timing: { summary: 'inference time of a batch and of one image, median and p95', options: z.strictObject({}) },
  'gradient-flow': {
    summary: 'gradient, update and zeros of each weight over steps; recorded while training',
    options: probeOptionsSchema,
  },
  activations: {
    summary: 'mean, spread, saturation and dead units of each layer over steps; recorded while training',
    options: probeOptionsSchema,
  },
  doctor: {
    summary: 'vanishing or exploding gradients, dead units, learning rate, overfitting; recorded while training',
    options: probeOptionsSchema,
  },
} as const;
export type AnalysisName = keyof typeof analyses;

/** One entry of `analysis`, with its options filled in. */
export interface AnalysisRequest {
  name: AnalysisName;
  options: Record<string, unknown>;
}

/** Those that must be there while a run trains: they can't be added to a finished one. */
export function isRecorded(name: AnalysisName): boolean {
  return name === 'gradient-flow' || name === 'activations' || name === 'doctor';
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
