import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** Where what can be made again is kept: `ABLATE_CACHE`, else `ablate` in the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { ABLATE_CACHE: own, XDG_CACHE_HOME: user } = env;
  if (own !== undefined && own !== '') return own;
  return join(user !== undefined && user !== '' ? user : join(homedir(), '.cache'), 'ablate');
}
