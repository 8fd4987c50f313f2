import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));

test('a reader that leaves, as `head` does, ends the command without a stack trace', async () => {
  const args = ['--conditions=@ablate/source', '--import', 'tsx', bin, 'list', 'layers'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => void (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => void child.on('close', resolve));
  expect(err).toBe('');
  // 128 + SIGPIPE, what a shell reports for a program that it ended.
  expect(code).toBe(141);
}, 60_000);
