/* What the threads of resume.test.ts run: a whole training, and the same training broken off and gone on with. */
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { randomStream } from '@ablate/random';
import { startBackend } from '@ablate/tensor-backends';
import { z } from 'zod';
import { type Examples, fit, type SharedReplica } from '../src/index.ts';
import { decodeCheckpoint, encodeCheckpoint, trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, SeededDropout, SharedStatistics, weightsOf, withSeededWeights } from './problems.ts';

/** 33 examples in batches of 8: the last of an epoch has one. */
export const STEPS_PER_EPOCH = 5;

export interface Task {
  recipe: object;
  /** Of each broken training: steps between checkpoints, and the steps after which it dies. */
  broken: { everySteps: number; deaths: number[] }[];
}

/** What a training came to: all weights and all that was said, except what depends on the clock. */
export interface Trained {
  weights: number[][];
  events: unknown[];
}

export default async function trainBroken({ recipe, broken }: Task, replica: SharedReplica): Promise<Trained[]> {
  await startBackend('wasm');
  const trained = [await train(recipe, replica)];
  for (const { everySteps, deaths } of broken) {
    let bytes: Uint8Array | undefined;
    for (const death of deaths) {
      try {
        await train(recipe, replica, { bytes, everySteps, death, onBytes: (saved) => (bytes = saved) });
      } catch (error) {
        if (error !== KILLED) throw error;
      }
      bytes = share(bytes, replica);
    }
    trained.push(await train(recipe, replica, { bytes }));
  }
  return trained;
}

interface Break {
  /** Where it goes on from. */
  bytes?: Uint8Array | undefined;
  everySteps?: number;
  /** Step after which everything is lost but the last checkpoint. */
  death?: number;
  onBytes?: (bytes: Uint8Array) => void;
}

const KILLED = new Error('killed');

async function train(
  recipe: object,
  replica: SharedReplica,
  { bytes, everySteps, death, onBytes }: Break = {},
): Promise<Trained> {
  const before = bytes && (await decodeCheckpoint(bytes, z.array(z.looseObject({}))));
  const model = namedNet(replica.count);
  const events: object[] = before?.notes ?? [];
  try {
    await fit(model, {
      train: noisy,
      validation,
      recipe: trainingSchema.parse({ epochs: 4, batchSize: 8, ...recipe }),
      seed: 3,
      replica,
      stepEvents: 1,
      ...(before && { resume: before.snapshot }),
      ...(everySteps !== undefined && {
        checkpoints: {
          everySteps,
          save: async (snapshot) => onBytes?.(await encodeCheckpoint({ snapshot, notes: events })),
        },
      }),
      onEvent(event) {
        if (event.type === 'timing' || (event.type === 'start' && event.resumedAt !== undefined)) return;
        events.push(event);
        if (event.type === 'step' && event.step === death) throw KILLED;
      },
    });
    return { weights: await weightsOf(model), events };
  } finally {
    model.dispose();
  }
}

/** tf.layers numbers layers without a name through the whole process: a second model would have other paths. */
function namedNet(replicas: number): LayersModel {
  const norm =
    replicas === 1
      ? layers.batchNormalization({ name: 'norm', momentum: 0.9 })
      : new SharedStatistics({ name: 'norm' });
  return withSeededWeights(
    sequential({
      layers: [
        layers.dense({ name: 'hidden', inputShape: [2], units: 6, activation: 'tanh' }),
        norm,
        new SeededDropout({ name: 'drop', rate: 0.25 }),
        layers.dense({ name: 'logits', units: 3 }),
      ],
    }),
  );
}

const { x, labels } = blobs(33);
const plain = examplesOf(x, labels);
/** Some are labelled wrong, so that early stopping and plateaus have something to see. */
const validation = examplesOf(
  x.slice(0, 12),
  labels.slice(0, 12).map((label, i) => (i < 5 ? (label + 1) % 3 : label)),
);
/** Augmented: each reading in an epoch adds its own noise. */
const noisy: Examples = {
  ...plain,
  read(indices, draw) {
    const read = plain.read(indices, draw);
    if (draw === undefined) return read;
    const { seed, epoch } = draw;
    const noise = Array.from(indices, (index) =>
      randomStream(seed, `augment/${epoch}/${index}`).fillNormal(new Float32Array(2), 0, 0.3),
    );
    return { ...read, x: read.x.map((value, i) => value + (noise[i >> 1] as Float32Array)[i % 2]!) };
  },
};

/** The first replica's bytes, in all of them; undefined where it has none. */
function share(bytes: Uint8Array | undefined, replica: SharedReplica): Uint8Array | undefined {
  const own = replica.index === 0 ? bytes : undefined;
  const length = Float64Array.of(own?.length ?? 0);
  replica.sum(length);
  const shared = new Float64Array(length[0] as number);
  shared.set(own ?? []);
  replica.sum(shared);
  return shared.length === 0 ? undefined : Uint8Array.from(shared);
}
