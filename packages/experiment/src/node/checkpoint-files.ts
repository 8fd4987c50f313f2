import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint, TrainingError } from '@ablate/training/schema';
import { z } from 'zod';
import { runConfigSchema, versionsSchema } from '../schema/index.ts';
import { type FileSystem, syncFolder, writeSynced } from './write-file.ts';

/** What a run's checkpoint knows beside its snapshot. */
export const checkpointNotesSchema = z.strictObject({
  fingerprint: z.string(),
  /** Of the run, to say what differs where another one finds it. */
  config: runConfigSchema,
  versions: versionsSchema,
  /** Bytes of the run's logs that were written before it, by file. */
  offsets: z.record(z.string(), z.int().min(0)),
  /** How it rounded: see StartedBackend. A run goes on as it began. */
  fusedMultiplyAdd: z.boolean().default(false),
});
export type CheckpointNotes = z.output<typeof checkpointNotesSchema>;
export type RunCheckpoint = Checkpoint<CheckpointNotes>;

const [LAST, PREVIOUS, PARTIAL] = ['last.ckpt', 'previous.ckpt', 'last.ckpt.partial'];

/** Folder of the checkpoints of a run. */
export function checkpointFolder(run: string): string {
  return join(run, 'checkpoint');
}

/**
 * Writes a run's checkpoint, whole or not at all, and keeps the one before it. The new one is read back and checked before
 * it takes its place: at every moment at least one that is whole has its name.
 *
 * @throws Error naming the file and which checkpoint is still there.
 */
export async function saveCheckpoint(run: string, checkpoint: RunCheckpoint, fs: FileSystem = nodeFs): Promise<void> {
  const folder = checkpointFolder(run);
  const [last, previous, partial] = [LAST, PREVIOUS, PARTIAL].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const bytes = await encodeCheckpoint(checkpoint);
  try {
    fs.mkdirSync(folder, { recursive: true });
    writeSynced(partial, bytes, fs);
    if (!fs.readFileSync(partial).equals(bytes)) throw new Error('what was read back is not what was written');
    if (nodeFs.existsSync(last)) fs.renameSync(last, previous);
    fs.renameSync(partial, last);
    syncFolder(folder, fs);
  } catch (cause) {
    fs.rmSync(partial, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `the checkpoint of step ${checkpoint.snapshot.optimizer.steps} can't be written to "${folder}": ${why}. The last one that is whole is kept: make room, or choose another folder with --out, and run the study again.`,
      { cause },
    );
  }
}

/** The newest checkpoint of a run that is whole, and why a newer one is not used; null where there is none. */
export async function readCheckpoint(
  run: string,
): Promise<{ checkpoint: RunCheckpoint; damaged: string[] } | { checkpoint: null; damaged: string[] }> {
  const damaged: string[] = [];
  for (const name of [LAST, PREVIOUS] as string[]) {
    const file = join(checkpointFolder(run), name);
    if (!nodeFs.existsSync(file)) continue;
    try {
      const checkpoint = await decodeCheckpoint(nodeFs.readFileSync(file), checkpointNotesSchema);
      return { checkpoint, damaged };
    } catch (error) {
      if (!(error instanceof TrainingError)) throw error;
      damaged.push(`${name}: ${error.message}`);
    }
  }
  return { checkpoint: null, damaged };
}
