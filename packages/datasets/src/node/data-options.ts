import type { DatasetSeed } from '../make-dataset.ts';

/** How far the reading of a data set has come. */
export interface DataProgress {
  /** `download` counts bytes, `decode` images. */
  readonly stage: 'download' | 'decode';
  readonly done: number;
  /** 0 where it is not known. */
  readonly total: number;
}

/** Where data is looked for, beside what the spec says. */
export interface DataPlaces {
  /** The folder that a relative `path` of the spec is relative to: that of the file which says it. Default: the working directory. */
  base?: string;
  /** The folder whose `node_modules` (and its parents') is searched for npm packages, after this package's own. Default: the working directory. */
  from?: string;
  /** The folder of what can be made again. Default: see {@link cacheFolder}. */
  cache?: string;
  /** Whether it may be fetched; goes before the spec's own `download`. */
  download?: boolean;
  /** A web address to fetch from in place of the published one, by the same file names. Default: `ABLATE_MIRROR`. */
  mirror?: string;
  onProgress?: (progress: DataProgress) => void;
}

export interface LoadOptions extends DatasetSeed, DataPlaces {}
