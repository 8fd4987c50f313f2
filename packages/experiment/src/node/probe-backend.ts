import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backendRequestSchema } from '@ablate/tensor-backends/schema';
import { z } from 'zod';
import { canonicalJson, type Versions } from '../schema/index.ts';
import { readJson } from './finished-run.ts';
import { describeMachine } from './machine.ts';
import { writeJson } from './write-file.ts';

/** What started, and why. */
export interface ProbedBackend {
  name: z.output<typeof nameSchema>;
  reason: string;
}

const nameSchema = backendRequestSchema.exclude(['auto']);
const probedSchema = z.strictObject({ name: nameSchema, reason: z.string() });

/**
 * What `backend: auto` stands for on this machine: a process of its own starts it. The answer is kept for the machine,
 * the version of Node and the versions of what computes.
 *
 * @param folder Where answers are kept. Default: what is used for data.
 * @throws Error if no backend starts.
 */
export async function probeBackend({ code, tfjs }: Versions, folder?: string): Promise<ProbedBackend> {
  const { cpu, node, platform } = describeMachine();
  const key = createHash('sha256').update(canonicalJson({ cpu, node, platform, code, tfjs })).digest('hex');
  const file = join(folder ?? (await cache()), 'backends', `${key.slice(0, 32)}.json`);
  const known = readJson(file, probedSchema);
  if (known !== null) return known;
  const probed = await ask();
  try {
    writeJson(file, probed);
  } catch {
    // A folder that can't be written costs a second the next time, nothing else.
  }
  return probed;
}

async function cache(): Promise<string> {
  const { cacheFolder } = await import('@ablate/datasets/node');
  return cacheFolder();
}

function ask(): Promise<ProbedBackend> {
  return new Promise((resolve, reject) => {
    const fromSource = import.meta.url.endsWith('.ts');
    const entry = fileURLToPath(new URL(fromSource ? './probe-process.ts' : './probe-process.js', import.meta.url));
    // From source (tests), TypeScript is loaded by tsx; a build is plain JavaScript.
    const execArgv = fromSource ? ['--conditions=@ablate/source', '--import', 'tsx'] : [];
    const child = fork(entry, [], { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let answer: unknown;
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => void (stderr = (stderr + chunk.toString()).slice(-4000)));
    child.on('message', (message) => void (answer = message));
    child.on('error', (error) => reject(new Error(`no backend can be tried: ${error.message}`)));
    child.on('close', () => {
      const probed = probedSchema.safeParse(answer);
      if (probed.success) resolve(probed.data);
      else reject(new Error(`no backend starts here. ${stderr.trim().split('\n').slice(-5).join('\n')}`));
    });
  });
}
