import { createHash } from 'node:crypto';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { startBackend } from '@ablate/tensor-backends';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type FitOptions, fit, type Snapshot, TrainingError } from '../src/index.ts';
import { decodeCheckpoint, encodeCheckpoint, trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, SeededDropout, weightsOf, withSeededWeights } from './problems.ts';

/* What a checkpoint holds is needed, all of it; what is not one is refused. */

const notesSchema = z.strictObject({ offset: z.number() });
const notes = { offset: 7 };
const recipe = {
  epochs: 6,
  batchSize: 5,
  optimizer: { name: 'adam', learningRate: 0.05 },
  schedule: { name: 'plateau', patience: 1, threshold: 0.5 },
  ema: { decay: 0.8 },
  earlyStopping: { patience: 4 },
};
const plain = { ...recipe, earlyStopping: undefined };

let bytes: Uint8Array;
/** Inside the fourth epoch, after which there are a best epoch and a lowered rate. */
let snapshot: Snapshot;
/** After the last epoch of a run without early stopping: here the scores are what it comes to. */
let last: Snapshot;
let whole: unknown;

beforeAll(async () => {
  await startBackend('wasm');
  const snapshots: Snapshot[] = [];
  const unbroken = await trained({ checkpoints: { everySteps: 1, save: (taken) => void snapshots.push(taken) } });
  whole = unbroken;
  snapshot = snapshots.find(({ optimizer }) => optimizer.steps === 17) as Snapshot;
  await trained({ recipe: parse(plain), checkpoints: { everySteps: 1, save: (taken) => void (last = taken) } });
  bytes = await encodeCheckpoint({ snapshot, notes });
});
beforeEach(async () => void (await startBackend('wasm')));

describe('bytes', () => {
  test('are read back as what was written, to the bit', async () => {
    const odd = Float32Array.of(Number.NaN, -0, Infinity, 1e-45, 3.4e38);
    const weights = { ...snapshot.weights, odd, none: new Float32Array(0) };
    const checkpoint = { snapshot: { ...snapshot, weights }, notes };
    const again = await decodeCheckpoint(await encodeCheckpoint(checkpoint), notesSchema);
    expect(again).toEqual(checkpoint);
    expect(new Uint32Array(again.snapshot.weights['odd']!.buffer)).toEqual(new Uint32Array(odd.buffer));
  });

  test('end with the SHA-256 of the rest', () => {
    const hash = createHash('sha256').update(bytes.subarray(0, -32)).digest();
    expect(Buffer.from(bytes.subarray(-32)).equals(hash)).toBe(true);
  });

  test('inside a larger buffer are read too', async () => {
    const larger = new Uint8Array(bytes.length + 9);
    larger.set(bytes, 3);
    const views = [larger.subarray(3, 3 + bytes.length), Buffer.from(larger.buffer).subarray(3, 3 + bytes.length)];
    for (const view of views) expect(await decodeCheckpoint(view, notesSchema)).toEqual({ snapshot, notes });
  });

  test.each([0, 1, 7, 8, 19, 20, 21, 500])('cut off after %i are refused', async (length) => {
    await expect(decodeCheckpoint(bytes.subarray(0, length), notesSchema)).rejects.toThrow(
      /it is none, or was cut off|It was cut off/,
    );
  });

  test('cut off by one, or with one more, are refused', async () => {
    for (const wrong of [bytes.subarray(0, -1), Uint8Array.of(...bytes, 0)]) {
      await expect(decodeCheckpoint(wrong, notesSchema)).rejects.toThrow(/must have \d+ bytes; received \d+/);
    }
  });

  test('with any bit turned are refused', async () => {
    for (let at = 0; at < bytes.length; at += 97) {
      const torn = bytes.slice();
      torn[at] = (torn[at] as number) ^ (1 << (at % 8));
      await expect(decodeCheckpoint(torn, notesSchema)).rejects.toThrow(TrainingError);
    }
  });

  test('of a newer version are refused with what to do', async () => {
    const newer = bytes.slice();
    newer[8] = 2;
    await expect(decodeCheckpoint(newer, notesSchema)).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TrainingError: checkpoint: must be of version 1 at most; received version 2, which a newer Ablate wrote. Use that one.]`,
    );
  });

  test('whose notes are others are refused', async () => {
    const other = await encodeCheckpoint({ snapshot, notes: { place: 7 } });
    await expect(decodeCheckpoint(other, notesSchema)).rejects.toThrow(/must be whole; [^]*notes/);
  });
});

describe('going on', () => {
  test('from the whole snapshot ends as the unbroken run', async () => {
    expect(whole).toMatchObject({ result: { epochs: 6 } });
    expect(snapshot).toMatchObject({ epochs: 3, reactions: { best: {}, plateau: { factor: 0.1 } } });
    expect(await trained({ resume: snapshot })).toEqual(whole);
  });

  test('after early stopping has ended the run takes no step', async () => {
    const snapshots: Snapshot[] = [];
    const stopping = { ...recipe, epochs: 40, earlyStopping: { patience: 1, minDelta: 1 } };
    const unbroken = await trained({
      recipe: parse(stopping),
      checkpoints: { everySteps: 5, save: (s) => void snapshots.push(s) },
    });
    expect(unbroken.result.epochs).toBeLessThan(40);
    const end = snapshots.at(-1) as Snapshot;
    expect(end.epochs).toBe(unbroken.result.epochs);
    const { result, weights } = await trained({ recipe: parse(stopping), resume: end });
    expect({ result, weights }).toEqual({ result: unbroken.result, weights: unbroken.weights });
  });

  const paths = (): string[] => pathsOf(snapshot);

  test('with any one field dropped is refused, or ends otherwise', async () => {
    expect(paths().length).toBeGreaterThan(30);
    expect(await unnoticed(paths(), [() => undefined])).toEqual([]);
  });

  test('with any one field changed is refused, or ends otherwise', async () => {
    const changes = [(value: number) => value + 1, (value: number) => value * 0.01, (value: number) => value + 100];
    // Without maxTime, no weight depends on the clock.
    expect(await unnoticed(paths(), changes.map(ofNumbers))).toEqual(['seconds', 'running.seconds']);
  });

  /** The fields that can be changed in every one of these ways, and a run ends as it should all the same. */
  async function unnoticed(fields: string[], changes: ((value: unknown) => unknown)[]): Promise<string[]> {
    const sources = [
      { from: snapshot, settings: parse(recipe), right: await trained({ resume: snapshot }) },
      { from: last, settings: parse(plain), right: await trained({ recipe: parse(plain), resume: last }) },
    ];
    const found: string[] = [];
    for (const field of fields) {
      let isNoticed = false;
      for (const { from, settings, right } of sources.filter((source) => pathsOf(source.from).includes(field))) {
        for (const change of changes) {
          if (isNoticed) continue;
          const outcome = await outcomeFrom(changed(from, field, change), settings);
          isNoticed = JSON.stringify(outcome) !== JSON.stringify(right);
        }
      }
      if (!isNoticed) found.push(field);
    }
    return found;
  }

  test.each<[string, Partial<FitOptions>]>([
    ['another seed', { seed: 4 }],
    ['another size of batch', { recipe: parse({ ...recipe, batchSize: 6 }) }],
    ['fewer epochs than it has', { recipe: parse({ ...recipe, epochs: 3 }) }],
    ['another optimizer', { recipe: parse({ ...recipe, optimizer: { name: 'momentum' } }) }],
    ['no average', { recipe: parse({ ...recipe, ema: undefined }) }],
    ['no early stopping', { recipe: parse({ ...recipe, earlyStopping: undefined }) }],
  ])('with %s is refused and changes nothing', async (_, change) => {
    const model = net();
    const before = await weightsOf(model);
    const error = await trained({ resume: snapshot, ...change }, model).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TrainingError);
    expect((error as Error).message).toMatchSnapshot();
    expect(await weightsOf(model)).toEqual(before);
  });

  test('with another model is refused', async () => {
    await expect(trained({ resume: snapshot }, net(7))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TrainingError: snapshot: must have 14 values of weight "hidden/kernel"; received 12. Use a snapshot of the same model, whose layers have the same names.]`,
    );
    await expect(trained({ resume: snapshot }, net(6, 'other'))).rejects.toThrowErrorMatchingInlineSnapshot(
      `[TrainingError: snapshot: must have 12 values of weight "other/kernel"; received none. Use a snapshot of the same model, whose layers have the same names.]`,
    );
  });
});

test('a checkpoint that can not be saved ends the run with the error', async () => {
  const save = () => Promise.reject(new Error('no space left on device'));
  await expect(trained({ checkpoints: { everySteps: 2, save } })).rejects.toThrow('no space left on device');
});

test('a run that is stopped leaves a snapshot of its last step', async () => {
  const abort = new AbortController();
  const snapshots: Snapshot[] = [];
  const { result } = await trained({
    signal: abort.signal,
    checkpoints: { save: (taken) => void snapshots.push(taken) },
    onEvent: (event) => void (event.type === 'step' && event.step === 8 && abort.abort()),
  });
  expect(result).toMatchObject({ stopped: 'requested', steps: 8 });
  expect(snapshots.map(({ optimizer }) => optimizer.steps)).toEqual([8]);
  expect(await trained({ resume: snapshots[0] })).toEqual(whole);
});

test.each([
  [{ everySteps: 0 }, 'everySteps must be a whole number from 1; received 0'],
  [{ everySeconds: Number.NaN }, 'everySeconds must be a number from 0; received NaN'],
])('%j is refused', async (every, message) => {
  await expect(trained({ checkpoints: { ...every, save: () => undefined } })).rejects.toThrow(message);
});

function parse(value: object): FitOptions['recipe'] {
  return trainingSchema.parse(value);
}

function net(units = 6, name = 'hidden'): LayersModel {
  return withSeededWeights(
    sequential({
      layers: [
        layers.dense({ name, inputShape: [2], units, activation: 'tanh' }),
        layers.batchNormalization({ name: 'norm', momentum: 0.9 }),
        new SeededDropout({ name: 'drop', rate: 0.25 }),
        layers.dense({ name: 'logits', units: 3 }),
      ],
    }),
  );
}

async function trained(options: Partial<FitOptions>, model = net()) {
  const { x, labels } = blobs(24);
  const wrong = labels.map((label, i) => (i < 3 ? (label + 1) % 3 : label));
  const late: unknown[] = [];
  const result = await fit(model, {
    train: examplesOf(x, labels),
    validation: examplesOf(x, wrong),
    recipe: parse(recipe),
    seed: 3,
    stepEvents: 1,
    ...options,
    onEvent(event) {
      // What was said before a snapshot is not said again: only the end of it can be compared.
      if (event.type === 'epoch' && event.epoch >= 4) late.push(event);
      options.onEvent?.(event);
    },
  });
  return { result, late, weights: await weightsOf(model) };
}

/** Of every value inside, and of every group of them. */
function pathsOf(value: object, front = ''): string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const path = front === '' ? key : `${front}.${key.replaceAll('.', '~')}`;
    const isGroup = typeof inner === 'object' && inner !== null && !(inner instanceof Float32Array);
    return [path, ...(isGroup ? pathsOf(inner, path) : [])];
  });
}

/** What a run comes to from a snapshot that was written and read back; null where it is refused. */
async function outcomeFrom(from: Snapshot, settings: FitOptions['recipe']): Promise<unknown> {
  try {
    const encoded = await encodeCheckpoint({ snapshot: from, notes });
    const { snapshot: resume } = await decodeCheckpoint(encoded, notesSchema);
    return await trained({ recipe: settings, resume });
  } catch (error) {
    if (error instanceof TrainingError) return null;
    throw error;
  }
}

/** A copy in which one value is another, or not there where that is undefined. */
function changed(value: Snapshot, path: string, change: (value: unknown) => unknown): Snapshot {
  const copy = structuredClone(value);
  const keys = path.split('.').map((key) => key.replaceAll('~', '.'));
  const key = keys.pop() as string;
  const group = keys.reduce((inner, name) => inner[name] as Record<string, unknown>, copy as Record<string, unknown>);
  group[key] = change(group[key]);
  if (group[key] === undefined) delete group[key];
  return copy;
}

function ofNumbers(change: (value: number) => number): (value: unknown) => unknown {
  return (value) => {
    if (value instanceof Float32Array) return value.map(change);
    return typeof value === 'number' ? change(value) : null;
  };
}
