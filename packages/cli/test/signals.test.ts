import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));
const STUDY = `spec: 1
title: Endless
dataset: { name: shapes, limit: 64 }
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
    rmSync(folder, { recursive: true });
  },
  120_000,
);
