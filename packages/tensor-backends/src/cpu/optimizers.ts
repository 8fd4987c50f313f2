import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { kernelNames } from '../ops/kernel-names.ts';
import {
  type AdamOptions,
  type MomentumOptions,
  type RmspropOptions,
  rowsOf,
  type StepOptions,
} from '../ops/optimizer-steps.ts';

type Step = (
  inputs: Record<string, TensorInfo>,
  attrs: NamedAttrMap,
  cpu: { floats(tensor: TensorInfo | undefined): Float32Array },
) => TensorInfo[];

/** Optimizer steps in place, in the formulas of ops/optimizer-steps.ts; each value in double precision, then rounded. */
export const optimizerKernels: Record<string, Step> = {
  [kernelNames.sgdStep]: (inputs, attrs, cpu) => {
    const { learningRate, weightDecay } = attrs as NamedAttrMap & StepOptions;
    for (const [n, row] of rowsOf(inputs, 2).entries()) {
      const [weights, gradient] = row.map(cpu.floats) as [Float32Array, Float32Array];
      const decay = weightDecay?.[n] ?? 0;
      for (const [i, w] of weights.entries()) weights[i] = w - learningRate * decayed(gradient[i] as number, w, decay);
    }
    return [];
  },
  [kernelNames.momentumStep]: (inputs, attrs, cpu) => {
    const { learningRate, momentum, nesterov, weightDecay } = attrs as NamedAttrMap & MomentumOptions;
    for (const [n, row] of rowsOf(inputs, 3).entries()) {
      const [weights, gradient, velocity] = row.map(cpu.floats) as [Float32Array, Float32Array, Float32Array];
      const decay = weightDecay?.[n] ?? 0;
      for (const [i, w] of weights.entries()) {
        const g = decayed(gradient[i] as number, w, decay);
        const v = momentum * (velocity[i] as number) + g;
        velocity[i] = v;
        weights[i] = w - learningRate * (nesterov ? g + momentum * v : v);
      }
    }
    return [];
  },
  [kernelNames.adamStep]: (inputs, attrs, cpu) => {
    const options = attrs as NamedAttrMap & AdamOptions & { rate: number; inverseRoot: number };
    const { learningRate, rate, beta1, beta2, inverseRoot, epsilon, weightDecay, decoupled } = options;
    for (const [n, row] of rowsOf(inputs, 4).entries()) {
      const [weights, gradient, first, second] = row.map(cpu.floats) as [
        Float32Array,
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      const decay = weightDecay?.[n] ?? 0;
      const [l2, shrink] = decoupled ? [0, 1 - learningRate * decay] : [decay, 1];
      for (const [i, w] of weights.entries()) {
        const g = decayed(gradient[i] as number, w, l2);
        const m = beta1 * (first[i] as number) + (1 - beta1) * g;
        const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
        first[i] = m;
        second[i] = v;
        weights[i] = shrink * w - (rate * m) / (Math.sqrt(v) * inverseRoot + epsilon);
      }
    }
    return [];
  },
  [kernelNames.emaStep]: (inputs, attrs, cpu) => {
    const { decay } = attrs as NamedAttrMap & { decay: number };
    for (const row of rowsOf(inputs, 2)) {
      const [averages, values] = row.map(cpu.floats) as [Float32Array, Float32Array];
      for (const [i, average] of averages.entries()) {
        averages[i] = decay * average + (1 - decay) * (values[i] as number);
      }
    }
    return [];
  },
  [kernelNames.rmspropStep]: (inputs, attrs, cpu) => {
    const { learningRate, rho, momentum, epsilon, weightDecay } = attrs as NamedAttrMap & RmspropOptions;
    for (const [n, row] of rowsOf(inputs, momentum > 0 ? 4 : 3).entries()) {
      const [weights, gradient, square, velocity] = row.map(cpu.floats) as [
        Float32Array,
        Float32Array,
        Float32Array,
        Float32Array | undefined,
      ];
      const decay = weightDecay?.[n] ?? 0;
      for (const [i, w] of weights.entries()) {
        const g = decayed(gradient[i] as number, w, decay);
        const v = rho * (square[i] as number) + (1 - rho) * g * g;
        square[i] = v;
        let step = g / (Math.sqrt(v) + epsilon);
        if (velocity) {
          step += momentum * (velocity[i] as number);
          velocity[i] = step;
        }
        weights[i] = w - learningRate * step;
      }
    }
    return [];
  },
};

function decayed(gradient: number, weight: number, l2: number): number {
  return l2 === 0 ? gradient : gradient + l2 * weight;
}
