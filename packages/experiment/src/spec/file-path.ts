/** A path with `.`, `..` and doubled slashes taken out; `..` at the start stays. */
export function normalizePath(path: string): string {
  const root = /^([A-Za-z]:)?\//.exec(path)?.[0] ?? '';
  const steps: string[] = [];
  for (const step of path.slice(root.length).split('/')) {
    if (step === '' || step === '.') continue;
    if (step === '..' && steps.length > 0 && steps.at(-1) !== '..') steps.pop();
    else if (step !== '..' || root === '') steps.push(step);
  }
  return root + steps.join('/');
}

/** Where a path leads that is written in a file: relative to that file's folder, unless it is absolute. */
export function resolvePath(file: string, path: string): string {
  if (/^([A-Za-z]:)?\//.test(path)) return normalizePath(path);
  return normalizePath(file.slice(0, file.lastIndexOf('/') + 1) + path);
}

/** Whether a file is a base: named `_…`, it may leave out what the studies that extend it say. */
export function isBaseFile(file: string): boolean {
  return /(^|\/)_[^/]*$/.test(file);
}
