import { type Shape, ShapeError } from './descriptor.ts';

/** A shape as messages write it: `[28, 28, 1]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** The shape of a layer's only input. @throws ShapeError if there are none or several. */
export function onlyInput(type: string, inputs: readonly Shape[]): Shape {
  const [input] = inputs;
  if (input === undefined || inputs.length > 1) {
    throw new ShapeError(
      `${type}: takes one input; received ${inputs.length}. Use add or concatenate to merge several into one.`,
    );
  }
  return input;
}

/** [height, width, channels] of a layer's only input. @throws ShapeError if it is no image. */
export function onlyImage(type: string, inputs: readonly Shape[]): [height: number, width: number, channels: number] {
  const input = onlyInput(type, inputs);
  const [height, width, channels] = input;
  if (height === undefined || width === undefined || channels === undefined || input.length > 3) {
    const next = input.length === 1 ? 'Put it before flatten, dense and global pooling.' : 'Reshape the input.';
    throw new ShapeError(
      `${type}: the input must be an image [height, width, channels]; received ${formatShape(input)}. ${next}`,
    );
  }
  return [height, width, channels];
}

/** At least two shapes. @throws ShapeError if there are fewer. */
export function severalInputs(type: string, inputs: readonly Shape[]): [Shape, Shape, ...Shape[]] {
  const [first, second, ...rest] = inputs;
  if (first === undefined || second === undefined) {
    throw new ShapeError(
      `${type}: takes at least two inputs; received ${inputs.length}. Give it another branch or remove it.`,
    );
  }
  return [first, second, ...rest];
}
