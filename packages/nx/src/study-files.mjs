// @ts-check
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parse } from 'yaml';

/**
 * What Nx has to know of a study.
 *
 * @typedef {object} StudyFiles
 * @property {string | null} title The study's `title`.
 * @property {string[]} files What it is made of: itself, what it extends, the folders of its plugins as `…/**\/*`; from the workspace root.
 * @property {boolean} complete False where a part lies outside the workspace, so that Nx can't see it change.
 */

/**
 * Reads `title`, `extends` and `plugins` of a study and of all that it extends. A file that can't be read or parsed
 * counts as one without them: `ablate validate` says what is wrong with it, and must be reachable for that.
 *
 * @param {string} workspaceRoot
 * @param {string} study Its path from the workspace root, with forward slashes.
 * @returns {StudyFiles}
 */
export function readStudyFiles(workspaceRoot, study) {
  /** @type {Set<string>} */
  const yaml = new Set();
  /** @type {Set<string>} */
  const folders = new Set();
  let complete = true;

  /** @param {string} file */
  const visit = (file) => {
    if (yaml.has(file)) return null;
    yaml.add(file);
    const content = readYaml(posix.join(workspaceRoot, file));
    const folder = posix.dirname(file);
    for (const name of strings(content?.extends)) {
      const parent = posix.join(folder, name);
      if (isOutside(parent, name)) complete = false;
      else visit(parent);
    }
    for (const name of strings(content?.plugins)) {
      if (!name.startsWith('.') && !posix.isAbsolute(name)) continue; // a package: Nx hashes those itself
      const plugin = posix.join(folder, name);
      if (isOutside(plugin, name)) complete = false;
      else folders.add(posix.dirname(plugin));
    }
    return content;
  };

  const title = visit(study)?.title;
  return {
    title: typeof title === 'string' ? title : null,
    files: [...yaml, ...[...folders].map((folder) => posix.join(folder, '**/*'))],
    complete,
  };
}

/**
 * @param {string} path
 * @returns {Record<string, unknown> | null}
 */
function readYaml(path) {
  try {
    /** @type {unknown} */
    const content = parse(readFileSync(path, 'utf8'), { logLevel: 'error' });
    return isRecord(content) ? content : null;
  } catch {
    return null;
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === 'object' && value !== null;
}

/**
 * One string, or those of a list.
 *
 * @param {unknown} value
 */
function strings(value) {
  /** @type {unknown[]} */
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item) => typeof item === 'string');
}

/**
 * @param {string} path Joined, from the workspace root.
 * @param {string} written
 */
function isOutside(path, written) {
  return path === '..' || path.startsWith('../') || posix.isAbsolute(written);
}
