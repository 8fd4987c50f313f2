import type { z } from 'zod';
import type { Fans, WeightInitializer } from './initializers.ts';
import type { Penalty } from './penalty.ts';

/** Extents of a tensor without its batch axis: [height, width, channels] for images, [units] for rows. */
export type Shape = readonly number[];

/** One weight of a layer. */
export interface WeightSpec {
  /** As tf.layers names it: `kernel`, `bias`, `gamma`, `moving_mean`, … */
  name: string;
  shape: Shape;
  trainable: boolean;
  initializer: WeightInitializer;
  /** Where they are not those of a dense or convolution kernel of that shape (depthwise, bias). */
  fans?: Fans;
  /** What is added to the loss for it. */
  penalty?: Penalty | undefined;
}

/** How far one output element of a layer sees, along height and width. */
export type View =
  /** Its own place alone. */
  | { kind: 'pointwise' }
  /** A window of its input; padding as tf.layers names it. */
  | {
      kind: 'window';
      size: readonly [number, number];
      strides: readonly [number, number];
      dilation: readonly [number, number];
      padding: 'same' | 'valid' | readonly [top: number, left: number];
    }
  /** The whole input. */
  | { kind: 'global' };

/**
 * What is known of a kind of layer without tensors. `Args` are complete: `args` has filled in the defaults.
 * Functions that take `inputs` (one shape for each input) throw {@link ShapeError} where the layer can't take them.
 */
export interface LayerDescriptor<Args = Record<string, unknown>> {
  /** Its name in YAML, camelCase: `conv2d`. */
  readonly type: string;
  /** The Keras class that it is, or extends: `Conv2D`. */
  readonly className: string;
  /** One line for lists and editors. */
  readonly summary: string;
  /** Strict object with tf.layers' argument names and a description for each. */
  readonly args: z.ZodType<Args>;
  /** How many inputs it takes. */
  readonly inputs: 'one' | 'several';
  /** The argument that sets the number of output channels, where there is one that a width search may scale. */
  readonly width?: string;
  /** The output differs from call to call while training (dropout). */
  readonly stochastic?: boolean;
  outputShape(args: Args, inputs: readonly Shape[]): Shape;
  weights(args: Args, inputs: readonly Shape[]): readonly WeightSpec[];
  /** Multiply-accumulates for one example; additions, comparisons and activations alone count 0. */
  macs(args: Args, inputs: readonly Shape[]): number;
  view(args: Args): View;
}

/** A layer that can't take its input. The message says what it needs and what it received. */
export class ShapeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ShapeError';
  }
}
