import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LayerPlugin } from '@ablate/layers';

/** A plugin's file. */
export interface PluginFile {
  /** Hash of its content. */
  hash: string;
  /** Its default export as a list; of `define` nothing is known yet. */
  layers: LayerPlugin[];
}

/** 32 hexadecimal digits of SHA-256 over a file's content. What the file imports is not in it. */
export function hashPlugin(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 32);
}

/**
 * Imports a plugin's file; one that has changed since is imported anew.
 *
 * @throws Error if it can't be read or imported, or exports something else.
 */
export async function readPlugin(path: string): Promise<PluginFile> {
  const hash = hashPlugin(path);
  const url = `${pathToFileURL(resolve(path)).href}?${hash}`;
  const module = (await import(url)) as { default?: unknown };
  const exported = module.default;
  const layers: unknown[] = Array.isArray(exported) ? exported : [exported];
  if (layers.length === 0 || !layers.every(isLayerPlugin)) {
    throw new Error('its default export must be { descriptor, define }, or a list of such');
  }
  return { hash, layers };
}

function isLayerPlugin(value: unknown): value is LayerPlugin {
  if (typeof value !== 'object' || value === null || !('descriptor' in value) || !('define' in value)) return false;
  return typeof value.descriptor === 'object' && value.descriptor !== null && typeof value.define === 'function';
}
