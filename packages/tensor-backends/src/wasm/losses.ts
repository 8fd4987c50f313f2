import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { classificationLossOf } from '../ops/classification-loss.ts';
import { kernelNames } from '../ops/kernel-names.ts';
import type { LossSettings } from '../ops/row-loss.ts';
import type { WasmHeap } from './heap.ts';

/** Losses of small matrices, computed in double precision on the heap's values. */
export function lossKernels(
  heap: WasmHeap,
): Record<string, (inputs: Record<string, TensorInfo>, attrs: NamedAttrMap) => TensorInfo[]> {
  return {
    [kernelNames.classificationLoss]: ({ logits, targets, labels, rowWeights }, attrs) => {
      const { loss, count } = attrs as NamedAttrMap & { loss: LossSettings; count: number };
      const [rows = 0, classes = 0] = (logits as TensorInfo).shape;
      const [value, correct, gradient] = [heap.output([]), heap.output([]), heap.output([rows, classes])];
      const floats = (tensor: TensorInfo, length: number) => heap.floats(heap.address(tensor), length);
      const values = {
        logits: floats(logits as TensorInfo, rows * classes),
        targets: floats(targets as TensorInfo, rows * classes),
        labels: heap.ints(heap.address(labels as TensorInfo), rows),
        rowWeights: rowWeights && floats(rowWeights, rows),
      };
      const result = classificationLossOf(values, classes, loss, count, floats(gradient, rows * classes));
      floats(value, 1)[0] = result.loss;
      floats(correct, 1)[0] = result.correct;
      return [value, correct, gradient];
    },
  };
}
