import type { Network } from './network.ts';
import { networkReceptiveFields, type Pair } from './receptive-field.ts';

/** A layer that can't bring in anything new. */
export interface UnproductiveLayer {
  id: string;
  /** What its input sees already, along the path that sees least. */
  inputSees: Pair;
}

/**
 * Convolutions that widen what is seen although their input sees more than the whole image already, along every path: in
 * Richter et al.'s measurements they added nothing to the accuracy. The first of them is the paper's border layer.
 *
 * A layer is listed when it has weights, its window is larger than 1×1, and the smallest receptive field of its input is
 * larger than the image in height and in width. What lies behind a layer that is not known is not judged. Layers that
 * see everything at once (squeeze-excitation, attention) count as seeing their own place alone.
 *
 * @see Richter, Schöning, Wiedenroth, Krumnack 2021, "Should you go deeper? Optimizing convolutional neural network
 * architectures without training", https://arxiv.org/abs/2106.12307
 */
export function unproductiveLayers(network: Network): UnproductiveLayer[] {
  const [height = 0, width = 0] = network.inputShape;
  const fields = networkReceptiveFields(network);
  const least = leastSizes(network);
  return network.nodes.flatMap(({ id, inputs, view, parameters }): UnproductiveLayer[] => {
    if (view?.kind !== 'window' || fields.get(id)?.kind === 'unknown') return [];
    if (parameters.trainable + parameters.nonTrainable === 0 || view.size.every((extent) => extent === 1)) return [];
    const inputSees = smallest(inputs.map((input) => least.get(input)?.size ?? ONE));
    return inputSees[0] > height && inputSees[1] > width ? [{ id, inputSees }] : [];
  });
}

/** Size and stride along the path that sees least. */
function leastSizes({ nodes }: Network): Map<string, { size: Pair; stride: Pair }> {
  const least = new Map<string, { size: Pair; stride: Pair }>();
  for (const { id, inputs, view } of nodes) {
    const size = smallest(inputs.map((input) => least.get(input)?.size ?? ONE));
    const stride = smallest(inputs.map((input) => least.get(input)?.stride ?? ONE));
    least.set(
      id,
      view?.kind === 'window'
        ? {
            size: onAxes((axis) => size[axis] + (view.size[axis] - 1) * view.dilation[axis] * stride[axis]),
            stride: onAxes((axis) => stride[axis] * view.strides[axis]),
          }
        : { size, stride },
    );
  }
  return least;
}

const ONE: Pair = [1, 1];

function smallest(pairs: readonly Pair[]): Pair {
  return onAxes((axis) => Math.min(...pairs.map((pair) => pair[axis])));
}

function onAxes(of: (axis: 0 | 1) => number): Pair {
  return [of(0), of(1)];
}
