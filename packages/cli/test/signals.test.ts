import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createProgram } from '../src/program.ts';

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));
const STUDY = `spec: 1
title: Endless
dataset: { name: shapes, size: { train: 64, test: 64 } }
training: { epochs: 10000, batchSize: 32 }
variants:
  small: { architecture: { name: mlp, units: [8] } }
  large: { architecture: { name: mlp, units: [16] } }
`;

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends a real run after its step; what it had is saved; exit code 1',
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'ablate-signal-'));
    const study = join(folder, 'endless.yaml');
    writeFileSync(study, STUDY);
    const args = [
      '--conditions=@ablate/source',
      '--import',
      'tsx',
      bin,
      'run',
      study,
      '--out',
      join(folder, 'results'),
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      const before = err.includes('epoch 2/');
      err += chunk.toString();
      if (!before && err.includes('epoch 2/')) child.kill(signal);
    });
    const code = await new Promise<number | null>((resolve) => void child.on('close', resolve));
    expect(err).toContain('Stopping after this step; what is done is saved.');
    expect(err).toContain('Stopped: 0 of 2 runs are done.');
    expect(code).toBe(1);
    const run = join(folder, 'results/endless/small/seed-1');
    expect(JSON.parse(readFileSync(join(run, 'run.json'), 'utf8'))).toMatchObject({ status: 'stopped' });
    const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'end', stopped: 'requested' });
    let out = '';
    const terminal = { out: (text: string) => void (out += text), err: () => undefined, interactive: false };
    await createProgram(terminal).run(['plan', study, '--out', join(folder, 'results')]);
    expect(out).toMatch(/small\/seed-1 .* broken off; goes on after step \d+, in epoch \d+/);
    expect(out).toMatch(/large\/seed-1 .* new /);
    rmSync(folder, { recursive: true });
  },
  120_000,
);

test.each([
  ['SIGINT', 'Press Ctrl-C again to leave at once.', 130],
  ['SIGTERM', 'Send it again to leave at once.', 143],
] as const)(
  'a second %s leaves at once, and no lock stays behind',
  async (signal, how, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'ablate-signal-'));
    const study = join(folder, 'endless.yaml');
    writeFileSync(study, STUDY);
    const out = join(folder, 'results');
    const args = ['--conditions=@ablate/source', '--import', 'tsx', bin, 'run', study, '--out', out];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    let sent = 0;
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
      // While the run's process is still starting: it can't have ended by itself.
      const due = err.includes(how) ? 2 : err.includes('[1/2]') ? 1 : 0;
      for (; sent < due; sent++) child.kill(signal);
    });
    const code = await new Promise<number | null>((resolve) => void child.on('close', resolve));
    expect(code).toBe(expected);
    expect(err).not.toContain('Stopped:');
    expect(readdirSync(join(out, 'endless/small')).filter((name) => name.endsWith('.lock'))).toEqual([]);
    rmSync(folder, { recursive: true });
  },
  120_000,
);
