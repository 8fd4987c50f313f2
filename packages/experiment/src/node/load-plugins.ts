import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { registerLayer } from '@ablate/layers/schema';
import type { PluginResult } from '../schema/index.ts';
import { readPlugin } from './read-plugin.ts';

/** Imports plugins and registers the descriptors of their layers, in order. Never throws: a reason stands for a plugin. */
export async function loadPlugins(paths: readonly string[]): Promise<Map<string, PluginResult>> {
  const results = new Map<string, PluginResult>();
  for (const path of paths) results.set(path, await loadPlugin(path));
  return results;
}

async function loadPlugin(path: string): Promise<PluginResult> {
  try {
    const { hash, layers } = await readPlugin(path);
    for (const { descriptor } of layers) registerLayer(descriptor, path);
    return { path, hash, layers: layers.map(({ descriptor }) => descriptor.type) };
  } catch (error) {
    const { code, path: missing } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && missing === path) {
      return { reason: 'there is no such file', siblings: modulesIn(dirname(path)) };
    }
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { reason: reason.replace(/[.?!]$/, '') };
  }
}

function modulesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /\.m?js$/i.test(name));
  } catch {
    return [];
  }
}
