import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Snapshot } from '@ablate/training/schema';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCheckpoint, type RunCheckpoint, saveCheckpoint } from '../src/node/checkpoint-files.ts';
import type { FileSystem } from '../src/node/write-file.ts';
import { planStudy, readStudy } from '../src/schema/index.ts';

/* Whatever goes wrong while a checkpoint is written, one that is whole is found afterwards. */

let run: string;
beforeEach(() => void (run = nodeFs.mkdtempSync(join(tmpdir(), 'ablate-checkpoint-'))));
afterEach(() => nodeFs.rmSync(run, { recursive: true }));

const { config } = planStudy(
  readStudy({
    file: 'tiny.yaml',
    text: 'spec: 1\ntitle: Tiny\ndataset: { name: shapes }\nvariants:\n  a: { architecture: { name: mlp, units: [2] } }\n',
  }),
).runs[0]!;

function checkpoint(step: number): RunCheckpoint {
  const snapshot: Snapshot = {
    seed: 1,
    stepsPerEpoch: 100,
    epochs: 0,
    seconds: 0,
    running: { loss: 1, correct: 2, seconds: 3 },
    weights: { kernel: Float32Array.of(step, 0.1) },
    optimizer: { steps: step, slots: {} },
    reactions: {
      plateau: { factor: 1, best: null, badEpochs: 0, cooldown: 0 },
      earlyStopping: { best: null, wait: 0 },
    },
  };
  const notes = {
    fingerprint: 'f',
    config,
    versions: { code: 'c', tfjs: '4.22.0' },
    offsets: { 'metrics.jsonl': step },
    fusedMultiplyAdd: true,
  };
  return { snapshot, notes };
}

const stepThere = async () => (await readCheckpoint(run)).checkpoint?.snapshot.optimizer.steps ?? null;
const files = () => nodeFs.readdirSync(join(run, 'checkpoint')).sort();
const failing = (code: string) => Object.assign(new Error(`${code}: it failed, write`), { code });

test('the last and the one before it are kept', async () => {
  expect(await readCheckpoint(run)).toEqual({ checkpoint: null, damaged: [] });
  for (const step of [10, 20, 30]) await saveCheckpoint(run, checkpoint(step));
  expect(files()).toEqual(['last.ckpt', 'previous.ckpt']);
  expect(await readCheckpoint(run)).toEqual({ checkpoint: checkpoint(30), damaged: [] });
});

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['cut off', (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ['empty', () => Buffer.alloc(0)],
  [
    'with a bit turned',
    (bytes) => Buffer.concat([bytes.subarray(0, -40), Buffer.of(bytes.at(-40)! ^ 1), bytes.subarray(-39)]),
  ],
])('where the last is %s the one before it is used, and it is said', async (_, spoil) => {
  for (const step of [10, 20]) await saveCheckpoint(run, checkpoint(step));
  const last = join(run, 'checkpoint/last.ckpt');
  nodeFs.writeFileSync(last, spoil(nodeFs.readFileSync(last)));
  const read = await readCheckpoint(run);
  expect(read.checkpoint).toEqual(checkpoint(10));
  expect(read.damaged).toEqual([expect.stringMatching(/^last\.ckpt: checkpoint: .*must/)]);
});

describe('while the third checkpoint is written', () => {
  beforeEach(async () => {
    for (const step of [10, 20]) await saveCheckpoint(run, checkpoint(step));
  });

  /** Every call of the file system that saving makes. */
  const calls = ['mkdirSync', 'openSync', 'writeSync', 'fsyncSync', 'closeSync', 'readFileSync', 'renameSync'] as const;

  test.each(calls.flatMap((call) => ['ENOSPC', 'EACCES', 'EIO'].map((code) => [call, code] as const)))(
    '%s fails with %s at any of its calls: a whole one is found, the error says so',
    async (call, code) => {
      // As often as the call is made; then it never fails.
      for (let at = 0, failed = true; failed; at++) {
        let count = 0;
        const fs = { ...nodeFs, [call]: failAt(call, () => count++ === at, failing(code)) } as FileSystem;
        const saved = await saveCheckpoint(run, checkpoint(30), fs).then(
          () => 'saved',
          (error: Error) => error.message,
        );
        failed = count > at;
        expect(saved).toBe(failed ? messageOf(code) : 'saved');
        expect(failed ? [20, 30] : [30]).toContain(await stepThere());
        expect(nodeFs.existsSync(join(run, 'checkpoint/last.ckpt.partial'))).toBe(false);
        expect(failed || at > 0).toBe(true);
        await saveCheckpoint(run, checkpoint(20));
      }
    },
  );

  const messageOf = (code: string) =>
    `the checkpoint of step 30 can't be written to "${join(run, 'checkpoint')}": ${code}: it failed, write. The last one that is whole is kept: make room, or choose another folder with --out, and run the study again.`;

  test('the process dies at any call: a whole one is found, and the next is written', async () => {
    for (let at = 0; ; at++) {
      let count = 0;
      // A dead process makes no calls any more: not even those that clean up.
      const dying = Object.fromEntries(
        [...calls, 'rmSync' as const].map((call) => [
          call,
          (...args: unknown[]) => {
            if (count++ >= at) throw failing('DEAD');
            return (nodeFs[call] as (...all: unknown[]) => unknown)(...args);
          },
        ]),
      ) as unknown as FileSystem;
      const died = await saveCheckpoint(run, checkpoint(30), dying).then(
        () => false,
        () => true,
      );
      const there = await stepThere();
      expect(there === 20 || there === 30 || there === 10).toBe(true);
      await saveCheckpoint(run, checkpoint(20));
      expect(await stepThere()).toBe(20);
      if (!died) break;
    }
  });

  test('a write that the disk loses without a word is noticed before the old one is touched', async () => {
    const torn = {
      ...nodeFs,
      writeSync: (file: number, bytes: Uint8Array, from: number) => {
        nodeFs.writeSync(file, bytes.subarray(0, bytes.length >> 1), from);
        return bytes.length - from;
      },
    } as FileSystem;
    await expect(saveCheckpoint(run, checkpoint(30), torn)).rejects.toThrow(
      /what was read back is not what was written/,
    );
    expect(await stepThere()).toBe(20);
  });

  test('writes that take a few bytes each come to the whole', async () => {
    const short = {
      ...nodeFs,
      writeSync: (file: number, bytes: Uint8Array, from: number) =>
        nodeFs.writeSync(file, bytes, from, Math.min(100, bytes.length - from)),
    } as FileSystem;
    await saveCheckpoint(run, checkpoint(30), short);
    expect((await readCheckpoint(run)).checkpoint).toEqual(checkpoint(30));
  });

  test.runIf(nodeFs.existsSync('/dev/full'))('a device that is really full', async () => {
    nodeFs.symlinkSync('/dev/full', join(run, 'checkpoint/last.ckpt.partial'));
    await expect(saveCheckpoint(run, checkpoint(30))).rejects.toThrow(
      /step 30 can't be written .*: ENOSPC: no space left on device/,
    );
    expect(await stepThere()).toBe(20);
  });
});

/** A function of the file system that fails where it is told to. */
function failAt(call: keyof FileSystem, isDue: () => boolean, error: Error): unknown {
  return (...args: unknown[]) => {
    if (isDue()) throw error;
    return (nodeFs[call] as (...all: unknown[]) => unknown)(...args);
  };
}
