import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockRuns } from './run-lock.ts';

let root: string;
let runs: string[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ablate-lock-'));
  runs = ['cnn/seed-1', 'cnn/seed-2'].map((id) => join(root, id));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('folders are locked until they are given back, all or none', () => {
  const [first = '', second = ''] = runs;
  const locks = lockRuns([second]);
  expect(locks.notices).toEqual([]);
  expect(() => lockRuns(runs)).toThrow(
    new RegExp(
      String.raw`^cnn/seed-2 is written by another process: pid ${process.pid} on \S+, since \d{4}-\S+Z \(.+\)\. Wait for it, stop it, or choose another folder with --out\. If it is gone, delete ".*seed-2\.lock"\.$`,
    ),
  );
  expect(existsSync(`${first}.lock`)).toBe(false);
  // Other runs of the study are free: shards work side by side.
  lockRuns([first]).release();
  locks.release();
  expect(existsSync(`${second}.lock`)).toBe(false);
  lockRuns(runs).release();
});

test('the lock of a process that was killed is taken over, and it is said whose it was', async () => {
  const [run = ''] = runs;
  const { pid, kill } = await heldByAnother(run);
  expect(() => lockRuns([run])).toThrow(`another process: pid ${pid} on `);
  await kill();
  const locks = lockRuns([run]);
  expect(locks.notices).toEqual([
    expect.stringMatching(new RegExp(String.raw`^took over cnn/seed-1 from pid ${pid} on .*, which is gone\.$`)),
  ]);
  locks.release();
});

type Change = [string, (holder: Record<string, unknown>) => void, number];
const gone: Change[] = [
  ['a process whose id another has now', (holder) => (holder['started'] = '1'), 0],
  ['a process from before the machine was started anew', (holder) => (holder['boot'] = 'another'), 0],
  ['a process on another machine that is silent', (holder) => (holder['host'] = 'node17'), 11],
];
const there: Change[] = [
  ['a process on another machine that gave a sign of life', (holder) => (holder['host'] = 'node17'), 9],
  ['a process in another container', (holder) => (holder['namespace'] = 'pid:[1]'), 9],
];

test.runIf(process.platform === 'linux').each(gone)('the lock of %s is taken over', (_, change, minutes) => {
  const run = lockedBy(change, minutes);
  const locks = lockRuns([run]);
  expect(locks.notices).toHaveLength(1);
  locks.release();
});

test.runIf(process.platform === 'linux').each(there)('the lock of %s is held', (_, change, minutes) => {
  const run = lockedBy(change, minutes);
  expect(() => lockRuns([run])).toThrow('is written by another process');
});

test('a lock that is not whole counts as held, until it has been so for long', () => {
  const [run = ''] = runs;
  writeLock(`${run}.lock`, '{"pid":', 1);
  expect(() => lockRuns([run])).toThrow('one that has not said who it is');
  writeLock(`${run}.lock`, '{"pid":', 11);
  lockRuns([run]).release();
});

/** A run with the lock of a holder that is as this process, but for a change. */
function lockedBy(change: Change[1], minutes: number): string {
  const [run = ''] = runs;
  const mine = lockRuns([run]);
  const holder = JSON.parse(readFileSync(`${run}.lock`, 'utf8')) as Record<string, unknown>;
  mine.release();
  change(holder);
  writeLock(`${run}.lock`, JSON.stringify(holder), minutes);
  return run;
}

function writeLock(file: string, text: string, minutes: number): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const then = new Date(Date.now() - minutes * 60_000);
  utimesSync(file, then, then);
}

/** A lock of a real process. */
async function heldByAnother(run: string): Promise<{ pid: number; kill(): Promise<void> }> {
  const module = fileURLToPath(new URL('./run-lock.ts', import.meta.url));
  const code = `import { lockRuns } from ${JSON.stringify(module)}; lockRuns([${JSON.stringify(run)}]); console.log('held'); setInterval(() => {}, 1000);`;
  const args = ['--conditions=@ablate/source', '--import', 'tsx', '--input-type=module', '--eval', code];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    async kill() {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}
