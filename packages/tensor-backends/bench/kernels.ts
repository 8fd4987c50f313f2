import * as tf from '@tensorflow/tfjs-core';
import { medians, type Subject } from './measure.ts';
import { peakOperations } from './peak.ts';

/** A stride-1, `same` convolution at batch 64: the shapes of the networks in networks.ts. */
interface ConvShape {
  extent: number;
  channels: number;
  filters: number;
  kernel: number;
}

const shapes: readonly ConvShape[] = [
  { extent: 28, channels: 1, filters: 32, kernel: 3 },
  { extent: 32, channels: 3, filters: 16, kernel: 3 },
  { extent: 32, channels: 16, filters: 16, kernel: 3 },
  { extent: 14, channels: 32, filters: 64, kernel: 3 },
  { extent: 28, channels: 64, filters: 64, kernel: 3 },
  { extent: 28, channels: 1, filters: 64, kernel: 1 },
  { extent: 28, channels: 64, filters: 64, kernel: 1 },
];

export interface KernelResult {
  kernel: string;
  pass: 'forward' | 'input gradient' | 'filter gradient';
  milliseconds: number;
  /** Counted as a direct convolution, whatever the method. */
  gigaflops: number;
  /** Of the micro-kernel, in the same rounds. */
  peak: number;
}

const batch = 64;

/** Each pass of each shape, through tfjs's dispatch, in alternation with the micro-kernel. */
export function convolutionResults(rounds: number, peak: Subject): KernelResult[] {
  return shapes.flatMap(({ extent, channels, filters, kernel }) => {
    const x = tf.randomNormal([batch, extent, extent, channels]) as tf.Tensor4D;
    const filter = tf.randomNormal([kernel, kernel, channels, filters]) as tf.Tensor4D;
    const dy = tf.randomNormal([batch, extent, extent, filters]) as tf.Tensor4D;
    const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', dilations: 1 };
    const run = (name: string, inputs: tf.NamedTensorMap, rest: object) => () =>
      tf.dispose(tf.engine().runKernel(name, inputs, { ...attrs, ...rest }));
    const times = medians(
      [
        { name: 'forward', run: run('Conv2D', { x, filter }, {}) },
        { name: 'input gradient', run: run('Conv2DBackpropInput', { dy, filter }, { inputShape: x.shape }) },
        { name: 'filter gradient', run: run('Conv2DBackpropFilter', { x, dy }, { filterShape: filter.shape }) },
        peak,
      ],
      rounds,
    );
    tf.dispose([x, filter, dy]);
    const flops = 2 * batch * extent * extent * channels * filters * kernel * kernel;
    const peakRate = peakOperations / times.get('peak')! / 1e6;
    times.delete('peak');
    return [...times].map(([pass, milliseconds]) => ({
      kernel: `conv ${kernel}×${kernel} ${extent}×${extent} ${channels}→${filters}`,
      pass: pass as KernelResult['pass'],
      milliseconds,
      gigaflops: flops / milliseconds / 1e6,
      peak: peakRate,
    }));
  });
}
