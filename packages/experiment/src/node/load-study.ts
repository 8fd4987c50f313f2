import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import type { ImageFolderSpec, ImageListing } from '@ablate/datasets/schema';
import { type ReadFailure, readStudy, type Study } from '../schema/index.ts';
import { loadPlugins } from './load-plugins.ts';

/** Bytes of a file that are read; a study has a few thousand. */
const MAX_BYTES = 10_000_000;

/**
 * Reads a study's file and the files that it extends, and imports the plugins that they name: no others. A
 * folder of images is listed.
 *
 * @param options.sets What the command line sets: `training.epochs=3`.
 * @throws Error that names the file, if it can't be read; what it says is in `problems`.
 */
export async function loadStudy(file: string, options: { sets?: readonly string[] } = {}): Promise<Study> {
  const text = readText(file);
  if (typeof text !== 'string') {
    throw new Error(
      `study "${file}" can't be read: ${text.reason}. Name a YAML file, for example experiments/quickstart.yaml.`,
    );
  }
  const near = relative(process.cwd(), file);
  const shown = (near.startsWith('..') ? file : near).replaceAll(sep, '/');
  const source = { file: shown, text, readFile: readText, ...options };
  const study = readStudy(source);
  if (study.pluginPaths.length === 0 && study.imageFolder === null) return study;
  const plugins = await loadPlugins(study.pluginPaths);
  const images = study.imageFolder === null ? {} : { images: await listFolder(study.imageFolder) };
  return readStudy({ ...source, plugins, ...images });
}

async function listFolder(folder: ImageFolderSpec): Promise<ImageListing | { reason: string }> {
  const { listImages } = await import('@ablate/datasets/node');
  try {
    return listImages(folder);
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
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
