import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { classificationLossOf } from '../ops/classification-loss.ts';
import { kernelNames } from '../ops/kernel-names.ts';
import type { LossSettings } from '../ops/row-loss.ts';

type Compute = (
  inputs: Record<string, TensorInfo>,
  attrs: NamedAttrMap,
  cpu: {
    floats(tensor: TensorInfo | undefined): Float32Array;
    ints(tensor: TensorInfo | undefined): Int32Array;
    make(shape: readonly number[], values: Float32Array): TensorInfo;
  },
) => TensorInfo[];

/** Losses, each value in double precision, then rounded. */
export const lossKernels: Record<string, Compute> = {
  [kernelNames.classificationLoss]: ({ logits, targets, labels, rowWeights }, attrs, cpu) => {
    const { loss, count } = attrs as NamedAttrMap & { loss: LossSettings; count: number };
    const [rows = 0, classes = 0] = (logits as TensorInfo).shape;
    const gradient = new Float32Array(rows * classes);
    const values = {
      logits: cpu.floats(logits),
      targets: cpu.floats(targets),
      labels: cpu.ints(labels),
      rowWeights: rowWeights && cpu.floats(rowWeights),
    };
    const result = classificationLossOf(values, classes, loss, count, gradient);
    return [
      cpu.make([], Float32Array.of(result.loss)),
      cpu.make([], Float32Array.of(result.correct)),
      cpu.make([rows, classes], gradient),
    ];
  },
};
