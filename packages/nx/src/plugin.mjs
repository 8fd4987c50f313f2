// @ts-check
import { posix } from 'node:path';
import { readStudyFiles } from './study-files.mjs';

/**
 * Every study is an Nx target. The files `experiments/<id>.yaml` make one project, `experiments`, with a target
 * `experiment-<id>` for each, and `experiment` for all of them. Files named `_….yaml` are there to be extended.
 *
 * Loaded by Nx before anything is built, so it imports nothing of the workspace.
 */
export const name = '@ablate/nx';

const folder = 'experiments';

/** A study's id reaches a shell and is a folder name on every system. */
const ID = /^[a-z0-9][a-z0-9._-]*$/;

/**
 * The project's configuration.
 *
 * @typedef {object} Project
 * @property {string} name
 * @property {string} root
 * @property {'application'} projectType
 * @property {string[]} implicitDependencies
 * @property {Record<string, object>} targets
 */

/**
 * Nx asks for the project of all files at once; with one result for each file, the last would win.
 *
 * @param {readonly string[]} files Paths from the workspace root.
 * @param {unknown} _options
 * @param {{ readonly workspaceRoot: string }} context
 * @returns {(readonly [string, { projects: Record<string, Project> }])[]}
 * @throws Error naming each file that no study can be called.
 */
function createProject(files, _options, { workspaceRoot }) {
  const studies = files.filter((file) => !posix.basename(file).startsWith('_')).toSorted();
  const [first] = studies;
  if (first === undefined) return [];
  checkNames(studies);
  const targets = Object.fromEntries(
    studies.map((file) => [`experiment-${idOf(file)}`, studyTarget(workspaceRoot, file)]),
  );
  /** @type {Project} */
  const project = {
    name: folder,
    root: folder,
    projectType: 'application',
    implicitDependencies: ['@ablate/cli'],
    targets: {
      ...targets,
      experiment: {
        executor: 'nx:noop',
        dependsOn: Object.keys(targets),
        metadata: { description: 'Runs every study.' },
      },
    },
  };
  return [[first, { projects: { [folder]: project } }]];
}

/**
 * Runs one study with the built command; nothing runs beside it, because runs are timed.
 *
 * @param {string} workspaceRoot
 * @param {string} file
 */
function studyTarget(workspaceRoot, file) {
  const { title, files, complete } = readStudyFiles(workspaceRoot, file);
  return {
    command: `node packages/cli/bin/ablate.js run ${file}`,
    dependsOn: [{ projects: ['@ablate/cli'], target: 'build' }],
    inputs: [
      ...files.map((path) => `{workspaceRoot}/${path}`),
      '^production',
      { runtime: 'node -v' },
      { env: 'ABLATE_DATA' },
    ],
    outputs: [`{workspaceRoot}/results/${idOf(file)}`],
    cache: complete,
    parallelism: false,
    metadata: { description: title ?? file },
  };
}

/** @param {string} file */
function idOf(file) {
  return posix.basename(file, '.yaml');
}

/** @param {string[]} studies */
function checkNames(studies) {
  const wrong = studies.filter((file) => !ID.test(idOf(file)));
  if (wrong.length === 0) return;
  throw new Error(
    `${name}: a study's file name must be a-z, 0-9, ".", "_" and "-" before .yaml, beginning with a letter or digit; received ${wrong.join(', ')}. Rename it; what it is about goes into its title.`,
  );
}

export const createNodes = /** @type {const} */ ([`${folder}/*.yaml`, createProject]);

/** The name that Nx before 23 looks for. */
export const createNodesV2 = createNodes;
