import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClassScores } from '@ablate/analysis/schema';
import { type Predictions, predictionsSchema } from '../schema/index.ts';
import { writeFileWhole, writeJson } from './write-file.ts';

/* What a run took its test set for: the classes as JSON; the probabilities in a file of their own, every bit of them. */

const PREDICTIONS = 'predictions.json';
const PROBABILITIES = 'probabilities.f32';

/** Writes predictions.json and probabilities.f32. */
export function writePredictions(folder: string, predictions: Predictions, probabilities: Float32Array): void {
  writeProbabilities(folder, probabilities);
  writeJson(join(folder, PREDICTIONS), predictions, 'compact');
}

/** Writes probabilities, flat [examples, classes], as float32, little-endian. */
export function writeProbabilities(folder: string, probabilities: Float32Array): void {
  const bytes = Buffer.alloc(4 * probabilities.length);
  for (const [index, value] of probabilities.entries()) bytes.writeFloatLE(value, 4 * index);
  writeFileWhole(join(folder, PROBABILITIES), bytes);
}

/** Null where the run was stopped before it was evaluated. */
export function readPredictions(folder: string): Predictions | null {
  const path = join(folder, PREDICTIONS);
  return existsSync(path) ? predictionsSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
}

export function hasProbabilities(folder: string): boolean {
  return existsSync(join(folder, PROBABILITIES));
}

/**
 * Labels and probabilities of the test set; null where the run was stopped before it was evaluated.
 *
 * @throws Error if the two files do not belong together.
 */
export function readClassScores(folder: string): (ClassScores & Pick<Predictions, 'classNames'>) | null {
  const predictions = readPredictions(folder);
  if (predictions === null) return null;
  const { labels, classNames } = predictions;
  const bytes = readFileSync(join(folder, PROBABILITIES));
  const count = labels.length * classNames.length;
  if (bytes.length !== 4 * count) {
    throw new Error(
      `"${join(folder, PROBABILITIES)}" must hold ${labels.length} × ${classNames.length} numbers of 4 bytes; received ${bytes.length} bytes. Delete the file: it is computed anew from the saved model.`,
    );
  }
  const probabilities = Float32Array.from({ length: count }, (_, index) => bytes.readFloatLE(4 * index));
  return { labels, classNames, classes: classNames.length, probabilities };
}
