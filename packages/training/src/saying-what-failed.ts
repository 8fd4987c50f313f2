import { BackendError } from '@ablate/tensor-backends';
import { TrainingError } from './training-error.ts';

/** What V8 says of a typed array that is too large. */
const NO_ROOM = /^(Invalid typed array length|Array buffer allocation failed)/;

/** `4 examples of [28, 28, 1]` */
export function sizeText(rows: number, shape: readonly number[]): string {
  return `${rows} examples of [${shape.join(', ')}]`;
}

/**
 * Computes; where a backend can't, or JavaScript has no room for an array, the error says on what.
 *
 * @param what Such as `fit: a step on 60000 examples of [28, 28, 1]`.
 */
export function sayingWhatFailed<T>(what: string, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (error instanceof BackendError) throw new TrainingError(`${what}, failed. ${error.message}`, { cause: error });
    if (error instanceof RangeError && NO_ROOM.test(error.message)) {
      throw new TrainingError(`${what}, failed: ${error.message}. Use a smaller batchSize.`, { cause: error });
    }
    throw error;
  }
}
