import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingEvent } from '@ablate/training/schema';
import { z } from 'zod';
import {
  canonicalJson,
  differences,
  formatDifference,
  isRecorded,
  type RunConfig,
  trainingView,
} from '../schema/index.ts';
import { type CheckpointNotes, readCheckpoint, type RunCheckpoint } from './checkpoint-files.ts';
import { readJson } from './finished-run.ts';
import { readLogs } from './run-logs.ts';
import type { RunRequest } from './run-messages.ts';

/** Of any version of run.json. */
const finished = z.looseObject({ status: z.literal('done') });
/** What a run that goes on needs of what it left. */
const KEPT = ['checkpoint', 'metrics.jsonl', 'timings.jsonl'];

/** Where a run goes on. */
export interface ResumePoint {
  checkpoint: RunCheckpoint;
  /** What it had said until then. */
  events: TrainingEvent[];
}

/** A folder that is ready for a run. */
export interface PreparedFolder {
  resume: ResumePoint | null;
  /** What of an unfinished run in it could not be used, and why. */
  notices: string[];
}

/**
 * Makes a folder ready for a run: one that was broken off goes on from its last checkpoint, where nothing that decides its
 * weights has changed, nor what is recorded while it trains. Else the folder is emptied; what a finished run left there is kept beside it as
 * `<folder>.previous` (one, the latest): a quick look with other settings must not cost the hours of a full one.
 */
export async function prepareRunFolder(
  request: Pick<RunRequest, 'folder' | 'fingerprint' | 'config' | 'versions' | 'anew'>,
): Promise<PreparedFolder> {
  const { folder, anew } = request;
  if (readJson(join(folder, 'run.json'), finished) !== null) {
    rmSync(`${folder}.previous`, { recursive: true, force: true });
    renameSync(folder, `${folder}.previous`);
  }
  const { resume, notices } = anew === true ? { resume: null, notices: [] } : await findResumePoint(request);
  if (resume === null) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (!KEPT.includes(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
  return { resume, notices };
}

/** Where a run that was broken off would go on, and why not; changes nothing. */
export async function findResumePoint(
  request: Pick<RunRequest, 'folder' | 'fingerprint' | 'config' | 'versions'>,
): Promise<PreparedFolder> {
  const { folder, fingerprint } = request;
  const { checkpoint, damaged } = await readCheckpoint(folder);
  const notices = damaged.map((what) => `not used: ${what}`);
  if (checkpoint === null) {
    return { resume: null, notices: damaged.length === 0 ? [] : [...notices, 'starting anew: no checkpoint is whole'] };
  }
  const { notes } = checkpoint;
  if (notes.fingerprint !== fingerprint) {
    return { resume: null, notices: [...notices, `starting anew: ${whatChanged(notes, request)}`] };
  }
  const [then, now] = [notes.config, request.config].map(recordedOf);
  if (then !== now) {
    return {
      resume: null,
      notices: [...notices, 'starting anew: other analyses are to be recorded from the first step'],
    };
  }
  const events = readLogs(folder, notes.offsets);
  if (events === null) {
    return { resume: null, notices: [...notices, 'starting anew: its metrics.jsonl or timings.jsonl is not whole'] };
  }
  return { resume: { checkpoint, events }, notices };
}

/** Analyses that see a training while it goes on: half of one is none. */
function recordedOf({ analysis }: RunConfig): string {
  const recorded = analysis.filter(({ name }) => isRecorded(name));
  return recorded
    .map((request) => canonicalJson(request))
    .sort()
    .join('\n');
}

function whatChanged(before: CheckpointNotes, now: Pick<RunRequest, 'config' | 'versions'>): string {
  const [then, planned] = [before, now].map(({ config, versions }) => trainingView(config, { versions }));
  const found = differences(then, planned);
  return found.length === 0 ? 'the order of its layers has changed' : found.map(formatDifference).join('; ');
}
