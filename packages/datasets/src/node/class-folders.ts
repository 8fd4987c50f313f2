import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '../dataset-error.ts';
import { unreadable } from './content-hash.ts';

/** An image of a class: its path within the data set, with `/`, and its label. */
export interface LabelledFile {
  readonly name: string;
  readonly label: number;
}

/** Images in a folder for each class. */
export interface ClassFolders {
  readonly classNames: readonly string[];
  readonly train: readonly LabelledFile[];
  /** Null where there are no `train` and `test` folders: all images are in `train`. */
  readonly test: readonly LabelledFile[] | null;
}

const imageNames = /\.(jpe?g|png|webp|gif|avif|tiff?)$/i;
/** Files that systems leave in folders. */
const systemNames = /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini)(\/|$)/;
const MOST_CLASSES = 256;

/**
 * Sorts files into classes by their paths: `train/<class>/<image>` and `test/<class>/<image>`, or `<class>/<image>`.
 * Labels follow the order of the names of the classes, images that of their paths. Files that begin with a dot, and those
 * that Windows leaves, are passed over; any other that is no image is refused.
 *
 * @param names Paths with `/`.
 * @param where What holds them, for errors.
 * @throws DatasetError naming the first file that stands elsewhere or is no image.
 */
export function sortClassFolders(names: readonly string[], where: string): ClassFolders {
  const files = names.filter((name) => !systemNames.test(name)).sort();
  const tops = [...new Set(files.map((name) => name.split('/')[0] ?? ''))];
  const divided = tops.includes('train') || tops.includes('test');
  const steps = divided ? 3 : 2;
  const form = divided ? 'train/<class>/<image> or test/<class>/<image>' : '<class>/<image>';
  for (const name of files) {
    const path = name.split('/');
    if (path.length !== steps || (divided && path[0] !== 'train' && path[0] !== 'test')) {
      throw new DatasetError(`${where}: each file must be ${form}; found ${name}. Move it, or take it out.`);
    }
    if (!imageNames.test(name)) {
      throw new DatasetError(
        `${where}: each file must be an image (jpg, png, webp, gif, avif, tiff); found ${name}. Take it out.`,
      );
    }
  }
  const missing = divided ? ['train', 'test'].find((part) => !tops.includes(part)) : undefined;
  if (missing !== undefined) {
    throw new DatasetError(`${where}: there must be images in train and in test; there are none in ${missing}.`);
  }
  const classOf = (name: string) => name.split('/')[steps - 2] as string;
  const trained = files.filter((name) => !divided || name.startsWith('train/'));
  const classNames = [...new Set(trained.map(classOf))].sort();
  if (classNames.length < 2 || classNames.length > MOST_CLASSES) {
    throw new DatasetError(
      `${where}: there must be 2 to ${MOST_CLASSES} class folders with images; found ${classNames.length}.`,
    );
  }
  const labels = new Map(classNames.map((name, label) => [name, label]));
  const label = (name: string): LabelledFile => {
    const found = labels.get(classOf(name));
    if (found === undefined) {
      throw new DatasetError(
        `${where}: the classes of test must be in train too; found ${name}. Add train/${classOf(name)}, or take it out.`,
      );
    }
    return { name, label: found };
  };
  const test = divided ? files.filter((name) => name.startsWith('test/')).map(label) : null;
  return { classNames, train: trained.map(label), test };
}

/**
 * The paths of all files in a folder and the folders in it, with `/`, links followed.
 *
 * @throws DatasetError where a folder can't be read, or is empty: its class would be left out.
 */
export function listFiles(folder: string, prefix = ''): string[] {
  let names: string[];
  try {
    names = readdirSync(join(folder, prefix)).sort();
  } catch (error) {
    throw unreadable(join(folder, prefix), error);
  }
  const kept = names.filter((name) => !systemNames.test(name));
  if (kept.length === 0) {
    throw new DatasetError(`${join(folder, prefix)}: the folder must hold images; it is empty. Take it out.`);
  }
  return kept.flatMap((name) => {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    if (imageNames.test(name)) return path;
    return isFolder(join(folder, path)) ? listFiles(folder, path) : path;
  });
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
