import type { ActivationRecord } from './activation-statistics.ts';
import type { GradientFlow, WeightFlow } from './gradient-flow.ts';
import { quantile } from './quantile.ts';

/** What can be wrong. */
export type Pathology =
  | 'vanishing-gradient'
  | 'exploding-gradient'
  | 'dead-relu'
  | 'saturation'
  | 'learning-rate-too-high'
  | 'learning-rate-too-low'
  | 'not-learning'
  | 'overfitting';

/** From where on a quantity is a finding. */
export const DOCTOR_THRESHOLDS = {
  /** Root mean square gradient of a kernel at its largest, as a share of that of a kernel behind it. */
  vanishing: 1e-3,
  /** Root mean square gradient of a kernel, as a multiple of that of the last kernel. */
  exploding: 1e3,
  /** Share of a layer's units that are never on. */
  dead: 0.5,
  /** Share of a layer's values at its bounds. */
  saturated: 0.5,
  /** Median over kernels and steps of ‖update‖ / ‖weight‖; about 1e-3 is usual. */
  updateHigh: 0.1,
  /** The same, too low, where the loss has hardly fallen. */
  updateLow: 1e-5,
  /** Loss of the last fifth of the steps, as a multiple of the first loss. */
  lossRise: 1.2,
  /** Loss of the last fifth of the steps, as a share of the first loss: above it nothing was learned. */
  lossStays: 0.9,
  /** Validation loss of the last epoch, as a multiple of that of the best one. */
  overfitting: 1.1,
} as const;

/** What is known of a training; a part that was not recorded is left out, and not judged. */
export interface TrainingRecords {
  /** In the order of steps. */
  gradients?: readonly GradientFlow[];
  /** In the order of steps. */
  activations?: readonly ActivationRecord[];
  /** In the order of steps. A loss that was not finite is null, as JSON has it. */
  losses?: readonly { step: number; loss: number | null }[];
  /** In the order of epochs. */
  epochs?: readonly { epoch: number; trainLoss: number; validationLoss: number }[];
}

/** Something that is wrong, and what says so. */
export interface Finding {
  pathology: Pathology;
  /** The weight or layer; null for the network as a whole. */
  where: string | null;
  /** The step or epoch from which on it was seen. */
  since: { step: number } | { epoch: number };
  /** What was measured. */
  quantity: string;
  /** null is a value that was not finite. */
  measured: number | null;
  threshold: number;
}

/**
 * What is wrong with a training, from its records alone. Gradients are judged on weights whose path ends in `kernel`: those
 * of a bias before batch norm are 0 in correct code. Vanishing compares the largest gradients over the recorded steps, so that
 * a kernel whose gradient starts at 0 (behind it a scale of 0 at the end of a residual block) is not taken for one; record
 * the first step: later, a network that has learned nothing but the classes' shares has small gradients everywhere.
 *
 * Vanishing is reported once, for the kernel nearest the output that receives less than the threshold; dead units and
 * saturation for each layer.
 */
export function doctor(records: TrainingRecords): Finding[] {
  const { gradients = [], activations = [], losses = [], epochs = [] } = records;
  const kernels = kernelTracks(gradients);
  return [
    ...exploding(kernels, losses),
    ...vanishing(kernels),
    ...layersAt(activations, 'dead-relu', 'share of units that are 0 for every example', DOCTOR_THRESHOLDS.dead),
    ...layersAt(
      activations,
      'saturation',
      'share of values at the bounds of the activation',
      DOCTOR_THRESHOLDS.saturated,
    ),
    ...learning(kernels, losses),
    ...overfitting(epochs),
  ];
}

interface Track {
  weight: string;
  steps: number[];
  flows: WeightFlow[];
  /** Median over steps of ‖g‖/√size. */
  rms: number;
  /** Largest over steps of ‖g‖/√size. */
  peak: number;
}

type Losses = NonNullable<TrainingRecords['losses']>;

function kernelTracks(gradients: readonly GradientFlow[]): Track[] {
  const tracks = new Map<string, Track>();
  for (const { step, weights } of gradients) {
    for (const flow of weights) {
      if (!/(^|[/_])kernel$/.test(flow.weight)) continue;
      const track = tracks.get(flow.weight) ?? { weight: flow.weight, steps: [], flows: [], rms: 0, peak: 0 };
      track.steps.push(step);
      track.flows.push(flow);
      tracks.set(flow.weight, track);
    }
  }
  return [...tracks.values()].map((track) => {
    const rms = track.flows.map(({ norm, size }) => norm / Math.sqrt(size));
    return { ...track, rms: quantile(rms, 0.5), peak: Math.max(...rms) };
  });
}

function vanishing(kernels: readonly Track[]): Finding[] {
  const threshold = DOCTOR_THRESHOLDS.vanishing;
  let largest = 0;
  for (const { weight, steps, peak } of kernels.toReversed()) {
    if (largest > 0 && peak < threshold * largest) {
      const quantity = 'root mean square gradient at its largest, as a share of the largest of a kernel behind it';
      const since = { step: steps[0] ?? 0 };
      return [{ pathology: 'vanishing-gradient', where: weight, since, quantity, measured: peak / largest, threshold }];
    }
    largest = Math.max(largest, peak);
  }
  return [];
}

function exploding(kernels: readonly Track[], losses: Losses): Finding[] {
  const pathology = 'exploding-gradient';
  const threshold = DOCTOR_THRESHOLDS.exploding;
  const broken = kernels.flatMap(({ weight, steps, flows }) => {
    const at = flows.findIndex(({ nonFinite }) => nonFinite > 0);
    return at < 0 ? [] : [{ weight, step: steps[at] ?? 0, count: flows[at]?.nonFinite ?? 0 }];
  });
  const [first] = broken.toSorted((a, b) => a.step - b.step);
  if (first !== undefined) {
    const { weight, step, count } = first;
    const quantity = 'elements of the gradient that are not finite';
    return [{ pathology, where: weight, since: { step }, quantity, measured: count, threshold: 0 }];
  }
  const lost = losses.find(({ loss }) => loss === null || !Number.isFinite(loss));
  if (lost !== undefined) {
    const since = { step: lost.step };
    return [{ pathology, where: null, since, quantity: 'loss', measured: null, threshold }];
  }
  const last = kernels.at(-1)?.rms ?? 0;
  const worst = kernels.toSorted((a, b) => b.rms - a.rms)[0];
  if (worst === undefined || !(last > 0) || worst.rms <= threshold * last) return [];
  const quantity = 'root mean square gradient, as a multiple of that of the last kernel';
  const since = { step: worst.steps[0] ?? 0 };
  return [{ pathology, where: worst.weight, since, quantity, measured: worst.rms / last, threshold }];
}

/** Layers that are above a threshold in the last record, since when they have been. */
function layersAt(
  records: readonly ActivationRecord[],
  pathology: 'dead-relu' | 'saturation',
  quantity: string,
  threshold: number,
): Finding[] {
  const shareOf = (record: ActivationRecord, layer: string) => {
    const found = record.layers.find((one) => one.layer === layer);
    return (pathology === 'dead-relu' ? found?.deadUnits : found?.saturated) ?? 0;
  };
  const last = records.at(-1);
  if (last === undefined) return [];
  return last.layers.flatMap(({ layer }): Finding[] => {
    const measured = shareOf(last, layer);
    if (measured < threshold) return [];
    const well = records.findLastIndex((record) => shareOf(record, layer) < threshold);
    const since = { step: records[well + 1]?.step ?? last.step };
    return [{ pathology, where: layer, since, quantity, measured, threshold }];
  });
}

function learning(kernels: readonly Track[], losses: Losses): Finding[] {
  const finite = losses.flatMap(({ step, loss }) => (loss === null || !Number.isFinite(loss) ? [] : [{ step, loss }]));
  const [start] = finite;
  const since = { step: start?.step ?? kernels[0]?.steps[0] ?? 0 };
  const ratios = kernels.flatMap(({ flows }) => flows.flatMap(({ updateRatio }) => updateRatio ?? []));
  const update = ratios.length === 0 ? null : quantile(ratios, 0.5);
  const end = finite.slice(-Math.max(1, Math.floor(finite.length / 5))).map(({ loss }) => loss);
  const share = start === undefined || finite.length < 5 ? null : quantile(end, 0.5) / start.loss;
  const { updateHigh, updateLow, lossRise, lossStays } = DOCTOR_THRESHOLDS;
  const ofUpdates = 'median of ‖update‖/‖weight‖ over kernels and steps';
  const ofLoss = 'loss at the end, as a share of that at the start';
  const say = (pathology: Pathology, quantity: string, measured: number, threshold: number): Finding => {
    return { pathology, where: null, since, quantity, measured, threshold };
  };
  const findings: Finding[] = [];
  if (update !== null && update > updateHigh) {
    findings.push(say('learning-rate-too-high', ofUpdates, update, updateHigh));
  } else if (share !== null && share > lossRise) {
    findings.push(say('learning-rate-too-high', ofLoss, share, lossRise));
  }
  if (share !== null && share > lossStays) {
    findings.push(say('not-learning', ofLoss, share, lossStays));
    if (update !== null && update < updateLow)
      findings.push(say('learning-rate-too-low', ofUpdates, update, updateLow));
  }
  return findings;
}

function overfitting(epochs: NonNullable<TrainingRecords['epochs']>): Finding[] {
  const [last, first] = [epochs.at(-1), epochs[0]];
  if (last === undefined || first === undefined) return [];
  const best = epochs.reduce((least, epoch) => (epoch.validationLoss < least.validationLoss ? epoch : least));
  const measured = last.validationLoss / best.validationLoss;
  const threshold = DOCTOR_THRESHOLDS.overfitting;
  // A loss that rises on the training set as well is another trouble.
  if (measured < threshold || last.trainLoss >= best.trainLoss) return [];
  const quantity = 'validation loss of the last epoch, as a multiple of that of the best';
  return [{ pathology: 'overfitting', where: null, since: { epoch: best.epoch }, quantity, measured, threshold }];
}
