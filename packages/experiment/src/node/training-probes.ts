import {
  type ActivationRecord,
  activationStatistics,
  doctor,
  type Finding,
  type GradientFlow,
  histogram,
  weightFlow,
} from '@ablate/analysis/schema';
import type { Probe, ProbedLayer, ProbedWeight } from '@ablate/training';
import type { JsonValue, TrainingEvent } from '@ablate/training/schema';
import { type AnalysisRequest, recordOptionsSchema, type RunConfig, type RunResult } from '../schema/index.ts';
import { activationsOf, weightFlowsOf } from '../schema/probe-values.ts';

/* The analyses that look at a training while it goes on, and what is made of what they saw. */

type Network = RunConfig['graph'];

/** What a run's analyses have to see. The doctor reads what `gradient-flow` and `activations` record; it brings what is missing. */
export function probesOf({ analysis, graph }: Pick<RunConfig, 'analysis' | 'graph'>): Probe[] {
  const asked = (...names: AnalysisRequest['name'][]) => {
    const request = names.flatMap((name) => analysis.find((one) => one.name === name) ?? [])[0];
    return request && recordOptionsSchema.parse(request.options);
  };
  const [flow, activations] = [asked('gradient-flow', 'doctor'), asked('activations', 'doctor')];
  const probes: Probe[] = [];
  if (flow !== undefined) {
    probes.push({
      name: 'gradient-flow',
      every: flow.everySteps,
      onWeights: (weights) => weights.map((weight) => flowOf(weight, flow)),
    });
  }
  if (activations !== undefined) {
    const bounds = boundsOf(graph);
    probes.push({
      name: 'activations',
      every: activations.everySteps,
      onActivations: (layers) => recordOf(layers, bounds, activations),
    });
  }
  return probes;
}

/** Gradients of each weight at each step that was looked at; null where they were not recorded. */
export function gradientFlows(events: readonly TrainingEvent[]): GradientFlow[] | null {
  const readings = readingsOf(events, 'gradient-flow');
  return readings && readings.map(({ step, value }) => ({ step, weights: weightFlowsOf(value) }));
}

/** Activations of each layer at each step that was looked at; null where they were not recorded. */
export function activationRecords(events: readonly TrainingEvent[]): ActivationRecord[] | null {
  const readings = readingsOf(events, 'activations');
  return readings && readings.map(({ step, value }) => ({ step, ...activationsOf(value) }));
}

/** What the doctor makes of a run's events; null where its probes were not there. */
export function examine(events: readonly TrainingEvent[]): Finding[] | null {
  const [gradients, activations] = [gradientFlows(events), activationRecords(events)];
  if (gradients === null || activations === null) return null;
  const losses = events.flatMap((event) => (event.type === 'step' ? { step: event.step, loss: event.loss } : []));
  const epochs = events.flatMap((event) =>
    event.type === 'epoch' && event.validation !== undefined
      ? { epoch: event.epoch, trainLoss: event.train.loss, validationLoss: event.validation.loss }
      : [],
  );
  return doctor({ gradients, activations, losses, epochs });
}

/** What a run's doctor found, as its run.json has it. */
export function findingsOf(
  { analysis }: Pick<RunConfig, 'analysis'>,
  events: readonly TrainingEvent[],
): Pick<RunResult, 'findings'> {
  const asked = analysis.some(({ name }) => name === 'doctor');
  const findings = ((asked ? examine(events) : null) ?? []).map(describeFinding);
  return findings.length === 0 ? {} : { findings };
}

/** A finding as a sentence. */
function describeFinding({ pathology, where, since, quantity, measured, threshold }: Finding): string {
  const place = where === null ? '' : ` in ${where}`;
  const time = 'step' in since ? `step ${since.step}` : `epoch ${since.epoch}`;
  const value = measured === null ? 'not finite' : Number(measured.toPrecision(3));
  return `${pathology}${place} since ${time}: ${quantity} is ${value} (threshold ${threshold})`;
}

function readingsOf(events: readonly TrainingEvent[], name: string): { step: number; value: JsonValue }[] | null {
  const readings = events.flatMap((event) => (event.type === 'probe' && event.name === name ? event : []));
  return readings.length === 0 ? null : readings;
}

interface Kept {
  histograms?: boolean | undefined;
}

function flowOf(weight: ProbedWeight, { histograms }: Kept): JsonValue {
  const flow = { ...weightFlow(weight.path, weight) };
  if (histograms !== true) return flow;
  return { ...flow, histograms: { gradient: histogram(weight.gradient), weight: histogram(weight.value) } };
}

function recordOf(layers: readonly ProbedLayer[], bounds: Bounds, { histograms }: Kept): JsonValue {
  const seen = layers.filter(({ layer, values }) => bounds.has(layer) && values.length > 0);
  const records = seen.map(({ layer, shape, values }) => {
    const statistics = activationStatistics(values, shape.at(-1) ?? 1, bounds.get(layer) ?? undefined);
    return histograms === true ? { layer, ...statistics, histogram: histogram(values) } : { layer, ...statistics };
  });
  return { examples: layers[0]?.shape[0] ?? 0, layers: records };
}

/** Between what the values of each layer lie that has weights or an activation; null: anywhere. */
type Bounds = ReadonlyMap<string, readonly [number, number] | null>;

const BOUNDED: Readonly<Record<string, readonly [number, number]>> = {
  sigmoid: [0, 1],
  hardSigmoid: [0, 1],
  tanh: [-1, 1],
};

/** Of the others, such as pooling, padding or dropout, nothing is to be learned: what is 0 there, is 0 before. */
function boundsOf({ nodes }: Network): Bounds {
  return new Map(
    nodes
      .filter(({ layer }) => !/pooling|padding|flatten|dropout|dropPath|noise|concatenate|^add$/i.test(layer))
      .map(({ id, args }) => {
        const { activation } = args;
        return [id, (typeof activation === 'string' && BOUNDED[activation]) || null] as const;
      }),
  );
}
