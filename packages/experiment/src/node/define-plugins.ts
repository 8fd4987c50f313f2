import { definePlugin } from '@ablate/layers';
import type { RunConfig } from '../schema/index.ts';
import { readPlugin } from './read-plugin.ts';

/**
 * Defines the layers of a run's plugins in this thread: before its network is built or loaded.
 *
 * @throws Error if a plugin is not what the run was planned with.
 */
export async function definePlugins(plugins: RunConfig['plugins']): Promise<void> {
  for (const { path, hash } of plugins) {
    const file = await readPlugin(path);
    if (file.hash !== hash) {
      throw new Error(`plugin "${path}" must be what the run was planned with; it has changed. Run the study again.`);
    }
    for (const plugin of file.layers) definePlugin(plugin, path);
  }
}
