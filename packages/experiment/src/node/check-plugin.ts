import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CheckResult } from '@ablate/layers/contract';

/** What the contract found of a plugin's layers. */
export interface CheckedPlugin {
  /** Names of the checks, in their order. */
  checks: readonly string[];
  /** Names of the layers, in the order of the file. */
  layers: readonly string[];
  results: readonly CheckResult[];
}

/** From the process that checks. */
export type FromCheck = { type: 'checked'; checked: CheckedPlugin } | { type: 'failed'; error: string };

/**
 * Puts the layers of a plugin through the contract, in a process of its own: a plugin is code, which may do anything.
 *
 * @param backends Where they are tried, in this order.
 * @throws Error if the file is not there or is no plugin, or a backend does not start.
 */
export function checkPlugin(path: string, backends: readonly string[]): Promise<CheckedPlugin> {
  return new Promise((resolve, reject) => {
    const fromSource = import.meta.url.endsWith('.ts');
    const entry = fileURLToPath(
      new URL(fromSource ? './check-plugin-process.ts' : './check-plugin-process.js', import.meta.url),
    );
    // From source (tests), TypeScript is loaded by tsx; a build is plain JavaScript.
    const execArgv = fromSource ? ['--conditions=@ablate/source', '--import', 'tsx'] : [];
    const child = fork(entry, [path, ...backends], { execArgv, stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
    let answer: FromCheck | undefined;
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => void (stderr = (stderr + chunk.toString()).slice(-4000)));
    child.on('message', (message) => void (answer = message as FromCheck));
    child.on('error', reject);
    child.on('close', (code) => {
      if (answer?.type === 'checked') resolve(answer.checked);
      else reject(new Error(answer?.error ?? `"${path}" ended its process (exit code ${code}). ${stderr.trim()}`));
    });
  });
}
