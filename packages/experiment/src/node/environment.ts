import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { DatasetSpec } from '@ablate/datasets/schema';
import type { Environment, Versions } from '../schema/index.ts';
import { probeBackend } from './probe-backend.ts';

/** The packages whose code decides what a run comes to. */
export const computingPackages = [
  'random',
  'tensor-backends',
  'datasets',
  'layers',
  'architectures',
  'training',
] as const;

/**
 * What runs that start now depend on beside their configs. Reads the packages' code and loads none of it here; what
 * `backend: auto` stands for is tried in a process of its own, once for these versions on this machine.
 *
 * @throws Error if no backend starts.
 */
export async function readEnvironment(): Promise<Environment> {
  const versions = readVersions();
  const { name } = await probeBackend(versions);
  return { versions, auto: name, workers: availableParallelism() };
}

/**
 * The environment of runs on a data set: with the hash of its files.
 *
 * @param needed Where the data is not there: throw (true), or leave the hash out, and fetch nothing (false).
 * @throws DatasetError that lists every place tried.
 */
export async function withDataVersion(
  environment: Environment,
  dataset: DatasetSpec,
  needed: boolean,
): Promise<Environment> {
  const { code, tfjs } = environment.versions;
  const { dataVersion } = await import('@ablate/datasets/node');
  try {
    const data = await dataVersion(dataset, needed ? {} : { download: false });
    return { ...environment, versions: { code, tfjs, data } };
  } catch (error) {
    if (needed) throw error;
    return { ...environment, versions: { code, tfjs } };
  }
}

function readVersions(): Versions {
  const own = createRequire(import.meta.url);
  const folderOf = (name: string) => dirname(own.resolve(`${name}/package.json`));
  // What runs is what is hashed: the sources where this file is one, else the build.
  const [folder, extension] = import.meta.url.endsWith('.ts') ? (['src', '.ts'] as const) : (['dist', '.js'] as const);
  const folders = computingPackages.map((name) => [name, join(folderOf(`@ablate/${name}`), folder)] as const);
  const manifest = JSON.parse(readFileSync(own.resolve('@tensorflow/tfjs-core/package.json'), 'utf8')) as {
    version: string;
  };
  return { code: hashCode(folders, extension), tfjs: manifest.version };
}

/** 32 hexadecimal digits of SHA-256 over the files with that extension, tests aside, by path. */
export function hashCode(folders: readonly (readonly [name: string, folder: string])[], extension: string): string {
  const hash = createHash('sha256');
  for (const [name, folder] of folders) {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => file.endsWith(extension) && !file.endsWith(`.test${extension}`) && !file.endsWith('.d.ts'));
    for (const file of files.sort()) {
      const content = readFileSync(join(folder, file));
      hash.update(`${name}/${file} ${content.length}\n`);
      hash.update(content);
    }
  }
  return hash.digest('hex').slice(0, 32);
}
