import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';

/* `ablate run` itself is killed, and with it all that it started; run again, it goes on. */

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));
const STUDY = `spec: 1
title: Killed
dataset: { name: shapes, size: { train: 192, test: 192 }, split: { validation: 0.25 } }
training: { epochs: 8, batchSize: 16, optimizer: { name: adam }, schedule: { name: one-cycle } }
workers: 2
variants:
  small: { architecture: { name: mlp, units: [8], dropout: 0.2, batchNorm: true } }
`;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ablate-kills-'));
  writeFileSync(join(root, 'killed.yaml'), STUDY);
});
afterAll(() => rmSync(root, { recursive: true }));

/** @param until Kills the process once it has said this. */
function ablate(args: string[], until?: string): Promise<{ code: number | null; err: string }> {
  return start([process.execPath, '--conditions=@ablate/source', '--import', 'tsx', bin, ...args], until);
}

/** The same where no file can grow beyond 40 kB: the kernel refuses the write, as it does on a full disk. */
function ablateWithoutRoom(args: string[]): Promise<{ code: number | null; err: string }> {
  const limited = `trap '' XFSZ; ulimit -f 80; exec "$0" --conditions=@ablate/source --import tsx "$@"`;
  return start(['sh', '-c', limited, process.execPath, bin, ...args]);
}

async function start([command = '', ...args]: string[], until?: string) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    if (until !== undefined && err.includes(until)) child.kill('SIGKILL');
  });
  const code = await new Promise<number | null>((resolve) => void child.on('close', resolve));
  return { code, err };
}

test('three SIGKILLs change no byte of what a study comes to', async () => {
  const run = (out: string) => ['run', join(root, 'killed.yaml'), '--out', join(root, out), '--checkpoint-every', '0'];
  expect(await ablate(run('whole'))).toMatchObject({ code: 0 });
  for (const [until, before] of [
    ['epoch 2/8', null],
    ['epoch 4/8', 'going on from step'],
    ['epoch 7/8', 'going on from step'],
  ] as const) {
    const { code, err } = await ablate(run('broken'), until);
    expect(code).toBe(null);
    expect(err).toContain(before ?? 'small/seed-1');
    // It had been in the middle of things.
    expect(readdirSync(join(root, 'broken/killed/small/seed-1'))).toContain('checkpoint');
  }
  const last = await ablate(run('broken'));
  expect(last).toMatchObject({ code: 0, err: expect.stringMatching(/going on from step \d+/) });
  const read = (out: string, name: string) => readFileSync(join(root, out, 'killed/small/seed-1', name));
  const different = ['run.json', 'metrics.jsonl', 'model/weights.bin', 'predictions.json'].filter(
    (name) => !read('broken', name).equals(read('whole', name)),
  );
  expect(different).toEqual([]);
  const files = (out: string) => readdirSync(join(root, out, 'killed/small/seed-1')).sort();
  expect(files('broken')).toEqual(files('whole'));
  // The times of all pieces count: eight epochs, each once.
  const epochs = read('broken', 'timings.jsonl')
    .toString()
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { epoch: number }).epoch);
  expect(epochs).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
}, 180_000);

test.runIf(process.platform !== 'win32')(
  'a checkpoint for which there is no room: the run says so, and goes on from the one before to the same bytes',
  async () => {
    const run = ['run', join(root, 'killed.yaml'), '--out', join(root, 'full'), '--checkpoint-every', '0'];
    await ablate(run, 'epoch 2/8');
    const folder = join(root, 'full/killed/small/seed-1');
    const { code, err } = await ablateWithoutRoom(run);
    expect(code).toBe(1);
    const [, refused] =
      /the checkpoint of step (\d+) can't be written to ".*checkpoint": EFBIG.* The last one that is whole is kept: make room/.exec(
        err,
      ) ?? [];
    const last = await ablate(run);
    expect(last.code).toBe(0);
    // Nothing is lost but the step under way.
    expect(last.err).toContain(`going on from step ${Number(refused) - 1}`);
    const whole = join(root, 'whole/killed/small/seed-1');
    const different = ['run.json', 'metrics.jsonl', 'model/weights.bin', 'predictions.json'].filter(
      (name) => !readFileSync(join(folder, name)).equals(readFileSync(join(whole, name))),
    );
    expect(different).toEqual([]);
  },
  120_000,
);

test('verify-resume prints what came of each run, and leaves nothing', async () => {
  let [out, err] = ['', ''];
  const terminal = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    interactive: false,
  };
  const code = await createProgram(terminal).run([
    'verify-resume',
    join(root, 'killed.yaml'),
    '--kills',
    '1',
    '--set',
    'workers=1',
  ]);
  expect([code, out.split('\n')]).toEqual([
    0,
    expect.arrayContaining([expect.stringMatching(/small\/seed-1 .* [0-9a-f]{12} .* the same to the bit/)]),
  ]);
  expect(err).toMatch(/^small\/seed-1: in one piece, then killed 1 time\n/);
}, 120_000);
