import {
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import { basename, dirname } from 'node:path';
import process from 'node:process';
import { z } from 'zod';

/** Milliseconds between two signs of life of a holder. */
const RENEW_EVERY = 60_000;
/** Milliseconds without one after which a holder that can't be looked at, on another machine, counts as gone. */
const GONE_AFTER = 10 * 60_000;

/** Who writes to a run's folder: the content of `<folder>.lock`. */
const holderSchema = z.strictObject({
  pid: z.int().min(1),
  host: z.string(),
  /** Of the machine's start: ids of processes before it mean nothing after. Null: not known. */
  boot: z.string().nullable(),
  /** Of processes that see each other, as those of one container do. Null: not known. */
  namespace: z.string().nullable(),
  /** When the process started, as the system tells it: another process may get its id. Null: not known. */
  started: z.string().nullable(),
  since: z.string(),
  command: z.string(),
});
type Holder = z.output<typeof holderSchema>;

/** Another process writes there. */
export class LockError extends Error {
  override readonly name = 'LockError';
}

/** Folders that no other process of Ablate writes to until they are released. */
export interface RunLocks {
  /** Locks of processes that are gone, which were taken over. */
  notices: string[];
  /** Gives all of them back. */
  release(): void;
}

/**
 * Locks the folders of runs, all or none: each by a file beside it, `<folder>.lock`, also on a file system that
 * several machines share. Locks that processes left which are gone are taken over.
 *
 * @throws LockError that names who holds one.
 */
export function lockRuns(folders: readonly string[]): RunLocks {
  const held: string[] = [];
  const notices: string[] = [];
  const removeAll = () => {
    for (const file of held.splice(0)) rmSync(file, { force: true });
  };
  try {
    for (const folder of folders) {
      const notice = lock(`${folder}.lock`);
      held.push(`${folder}.lock`);
      if (notice !== null) notices.push(notice);
    }
  } catch (error) {
    removeAll();
    throw error;
  }
  const timer = setInterval(() => renew(held), RENEW_EVERY).unref();
  // Also where a second Ctrl-C ends the process at once.
  process.once('exit', removeAll);
  return {
    notices,
    release() {
      clearInterval(timer);
      process.off('exit', removeAll);
      removeAll();
    },
  };
}

/** Says of whom the lock was taken over; null where there was none. */
function lock(file: string): string | null {
  mkdirSync(dirname(file), { recursive: true });
  let notice: string | null = null;
  // Others may take it over at the same moment.
  for (let tries = 0; tries < 10; tries++) {
    if (create(file)) return notice;
    const found = read(file);
    if (found === null) continue;
    if (!isGone(found)) throw new LockError(refusal(file, found.holder));
    if (takeAway(file, found.text)) notice = `took over ${nameOf(file)} from ${describe(found.holder)}, which is gone.`;
  }
  throw new LockError(`"${file}" can't be locked: other processes take it again and again. Try again.`);
}

/** Whether there was none. */
function create(file: string): boolean {
  try {
    writeFileSync(file, `${JSON.stringify(self(), null, 2)}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // A file that could not be filled must lock nothing.
    if (['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')) rmSync(file, { force: true });
    throw error;
  }
}

interface FoundLock {
  text: string;
  /** Null where the file is not whole: its process is just writing it, or died over it. */
  holder: Holder | null;
  /** Milliseconds since its last sign of life. */
  age: number;
}

/** Null where it was given back meanwhile. */
function read(file: string): FoundLock | null {
  try {
    const text = readFileSync(file, 'utf8');
    return { text, holder: parse(text), age: Date.now() - statSync(file).mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parse(text: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** A process that can be seen from here tells itself; others, on another machine or in another container, by their silence. */
function isGone({ holder, age }: FoundLock): boolean {
  const { host, boot, namespace } = self();
  if (holder === null || holder.host !== host || holder.namespace !== namespace) return age > GONE_AFTER;
  if (holder.boot !== boot) return true;
  return !isAlive(holder.pid) || (holder.started !== null && holder.started !== startOf(holder.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether it was this very lock that was taken away: another process may just have put its own in its place. */
function takeAway(file: string, text: string): boolean {
  const aside = `${file}.gone-${process.pid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  if (readFileSync(aside, 'utf8') !== text) {
    renameSync(aside, file);
    return false;
  }
  rmSync(aside, { force: true });
  return true;
}

function renew(files: readonly string[]): void {
  const now = new Date();
  for (const file of files) {
    try {
      utimesSync(file, now, now);
    } catch {
      // A folder that is away for a moment: the run itself says what it can't write.
    }
  }
}

let known: Holder | undefined;

/** This process. */
function self(): Holder {
  const [, script = 'node', ...args] = process.argv;
  known ??= {
    pid: process.pid,
    host: os.hostname(),
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
    started: startOf(process.pid),
    since: new Date().toISOString(),
    command: [basename(script), ...args].join(' '),
  };
  return { ...known, since: new Date().toISOString() };
}

/** What only Linux says. */
function attempt(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Clock ticks from the machine's start to the process's, the 22nd word of `/proc/<pid>/stat` (proc_pid_stat(5)). */
function startOf(pid: number): string | null {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function refusal(file: string, holder: Holder | null): string {
  return `${nameOf(file)} is written by another process: ${describe(holder)}. Wait for it, stop it, or choose another folder with --out. If it is gone, delete "${file}".`;
}

function describe(holder: Holder | null): string {
  if (holder === null) return 'one that has not said who it is';
  return `pid ${holder.pid} on ${holder.host}, since ${holder.since} (${holder.command})`;
}

/** `cnn/seed-1` */
function nameOf(file: string): string {
  return `${basename(dirname(file))}/${basename(file, '.lock')}`;
}
