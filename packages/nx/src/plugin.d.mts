/** What `createNodes` gives for the project `experiments`. */
export interface Project {
  name: string;
  root: string;
  projectType: 'application';
  implicitDependencies: string[];
  targets: Record<string, object>;
}

/** The plugin's name. */
export const name: '@ablate/nx';

/** Nx's entry: which files are studies, and the project that they make. */
export const createNodes: readonly [
  pattern: string,
  create: (
    files: readonly string[],
    options: unknown,
    context: { readonly workspaceRoot: string },
  ) => (readonly [file: string, result: { projects: Record<string, Project> }])[],
];

/** The name that Nx before 23 looks for. */
export const createNodesV2: typeof createNodes;
