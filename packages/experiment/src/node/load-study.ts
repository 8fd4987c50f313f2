import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { type ReadFailure, readStudy, type Study } from '../schema/index.ts';

/** Bytes of a file that are read; a study has a few thousand. */
const MAX_BYTES = 10_000_000;

/**
 * Reads a study's file and the files that it extends.
 *
 * @param options.sets What the command line sets: `training.epochs=3`.
 * @throws Error that names the file, if it can't be read; what it says is in `problems`.
 */
export function loadStudy(file: string, options: { sets?: readonly string[] } = {}): Study {
  const text = readText(file);
  if (typeof text !== 'string') {
    throw new Error(
      `study "${file}" can't be read: ${text.reason}. Name a YAML file, for example experiments/quickstart.yaml.`,
    );
  }
  const near = relative(process.cwd(), file);
  const shown = (near.startsWith('..') ? file : near).replaceAll(sep, '/');
  return readStudy({ file: shown, text, readFile: readText, ...options });
}

function readText(file: string): string | ReadFailure {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) return { reason: `it has ${Math.round(size / 1e6)} MB; a study has a few kilobytes` };
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EISDIR') return { reason: 'it is a folder' };
    if (code !== 'ENOENT') return { reason: error instanceof Error ? error.message : String(error) };
    return { reason: 'there is no such file', siblings: yamlFilesIn(dirname(file)) };
  }
}

function yamlFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /\.ya?ml$/i.test(name));
  } catch {
    return [];
  }
}
