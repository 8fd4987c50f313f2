import { registeredLayer } from '@ablate/layers/schema';
import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { resolvePath } from './file-path.ts';
import type { OriginMap } from './origin.ts';
import { formatPlace, type SpecProblem } from './problem.ts';

/** A study's `plugins`. */
export const pluginsSchema = z
  .array(z.string().min(1))
  .describe('JavaScript modules that bring layers of their own; paths are relative to this file.');

/** A file whose layers are known: they are registered, and studies that name the file can use them. */
export interface LoadedPlugin {
  /** As the study's file is: relative to the same folder, or absolute. */
  path: string;
  /** Hash of the file's content. */
  hash: string;
  /** Names of its layers. */
  layers: string[];
}

/** A plugin, or why it can't be used, to follow its path, and the files that are there instead. */
export type PluginResult = LoadedPlugin | { reason: string; siblings?: readonly string[] };

/** The plugins of a study. */
export interface StudyPlugins {
  loaded: LoadedPlugin[];
  /** All are known: a layer that none of them has is a mistake. */
  complete: boolean;
}

/** The files that a study names under `plugins`, as its own file is, each once. */
export function pluginPaths(origins: OriginMap): string[] {
  const named = origins.read(['plugins']);
  const paths = (Array.isArray(named) ? named : []).flatMap((name: unknown, index) =>
    typeof name === 'string' && name !== '' && !origins.isUnresolved(['plugins', index])
      ? resolvePath(origins.pointAt(['plugins', index]).file, name)
      : [],
  );
  return [...new Set(paths)];
}

/** Finds each plugin among those that were loaded; reports the others, and those that are named twice. */
export function readPlugins(
  origins: OriginMap,
  results: ReadonlyMap<string, PluginResult>,
  problems: SpecProblem[],
): StudyPlugins {
  const named = origins.read(['plugins']);
  const plugins: StudyPlugins = { loaded: [], complete: named === undefined || Array.isArray(named) };
  const places = new Map<string, string>();
  for (const [index, name] of (Array.isArray(named) ? named : []).entries()) {
    const at = ['plugins', index];
    const origin = origins.pointAt(at);
    if (typeof name !== 'string' || name === '' || origins.isUnresolved(at)) {
      plugins.complete = false;
      continue;
    }
    const path = resolvePath(origin.file, name);
    const first = places.get(path);
    if (first !== undefined) {
      problems.push({ message: `plugins: "${name}" is already named at ${first}. Keep one of them.`, origin });
      continue;
    }
    places.set(path, formatPlace(origin));
    const result = results.get(path) ?? { reason: 'no plugins can be loaded here' };
    if ('hash' in result) {
      plugins.loaded.push(result);
      continue;
    }
    const { reason, siblings = [] } = result;
    const guess = didYouMean(path.slice(path.lastIndexOf('/') + 1), siblings, 'modules beside it');
    problems.push({ message: `plugins: "${path}" can't be used: ${reason}${guess}`, origin });
    plugins.complete = false;
  }
  return plugins;
}

/** Whether a layer comes from a plugin that the study does not name: another study has brought it into the process. */
export function isForeign(layer: string, { loaded }: StudyPlugins): boolean {
  return registeredLayer(layer) !== undefined && !loaded.some(({ layers }) => layers.includes(layer));
}
