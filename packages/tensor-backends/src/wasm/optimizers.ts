import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { kernelNames } from '../ops/kernel-names.ts';
import {
  type AdamOptions,
  type MomentumOptions,
  type RmspropOptions,
  rowsOf,
  type StepOptions,
} from '../ops/optimizer-steps.ts';
import type { WasmHeap } from './heap.ts';

type Step = (inputs: Record<string, TensorInfo>, attrs: NamedAttrMap) => TensorInfo[];

/** Optimizer steps in place, each over all weights: see ops/optimizer-steps.ts. */
export function optimizerKernels(heap: WasmHeap): Record<string, Step> {
  const { kernels } = heap;
  /** Calls `step` with the addresses of each weight, its gradient and its slots, and with its count and decay. */
  const eachWeight = (
    inputs: Record<string, TensorInfo>,
    columns: number,
    { weightDecay }: Pick<StepOptions, 'weightDecay'>,
    step: (addresses: number[], count: number, decay: number) => void,
  ): TensorInfo[] => {
    for (const [i, tensors] of rowsOf(inputs, columns).entries()) {
      const count = (tensors[0] as TensorInfo).shape.reduce((size, extent) => size * extent, 1);
      step(
        tensors.map((tensor) => heap.address(tensor)),
        count,
        weightDecay?.[i] ?? 0,
      );
    }
    return [];
  };
  return {
    [kernelNames.sgdStep]: (inputs, attrs) => {
      const options = attrs as NamedAttrMap & StepOptions;
      return eachWeight(inputs, 2, options, ([w = 0, g = 0], count, decay) =>
        kernels.sgdStep(w, g, count, options.learningRate, decay),
      );
    },
    [kernelNames.momentumStep]: (inputs, attrs) => {
      const options = attrs as NamedAttrMap & MomentumOptions;
      const { learningRate, momentum, nesterov } = options;
      return eachWeight(inputs, 3, options, ([w = 0, g = 0, velocity = 0], count, decay) =>
        kernels.momentumStep(w, g, velocity, count, learningRate, momentum, nesterov ? 1 : 0, decay),
      );
    },
    [kernelNames.adamStep]: (inputs, attrs) => {
      const options = attrs as NamedAttrMap & AdamOptions & { rate: number; inverseRoot: number };
      const { learningRate, rate, beta1, beta2, inverseRoot, epsilon, decoupled } = options;
      return eachWeight(inputs, 4, options, ([w = 0, g = 0, first = 0, second = 0], count, decay) => {
        const [l2, shrink] = decoupled ? [0, 1 - learningRate * decay] : [decay, 1];
        const [keep1, keep2] = [1 - beta1, 1 - beta2];
        kernels.adamStep(
          w,
          g,
          first,
          second,
          count,
          rate,
          beta1,
          keep1,
          beta2,
          keep2,
          inverseRoot,
          epsilon,
          l2,
          shrink,
        );
      });
    },
    [kernelNames.emaStep]: (inputs, attrs) => {
      const { decay } = attrs as NamedAttrMap & { decay: number };
      return eachWeight(inputs, 2, {}, ([average = 0, values = 0], count) =>
        kernels.emaStep(average, values, count, decay, 1 - decay),
      );
    },
    [kernelNames.rmspropStep]: (inputs, attrs) => {
      const options = attrs as NamedAttrMap & RmspropOptions;
      const { learningRate, rho, momentum, epsilon } = options;
      return eachWeight(inputs, momentum > 0 ? 4 : 3, options, ([w = 0, g = 0, v = 0, velocity = 0], count, decay) =>
        kernels.rmspropStep(w, g, v, velocity, count, learningRate, rho, 1 - rho, momentum, epsilon, decay),
      );
    },
  };
}
