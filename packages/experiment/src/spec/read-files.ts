import type { ImageListing } from '@ablate/datasets/schema';
import { didYouMean } from './did-you-mean.ts';
import { readDocument, type SpecDocument } from './document.ts';
import { normalizePath, resolvePath } from './file-path.ts';
import { mergeNodes } from './merge.ts';
import type { Origin } from './origin.ts';
import type { PluginResult } from './plugins.ts';
import type { SpecProblem } from './problem.ts';
import { SPEC_VERSION } from './spec-version.ts';
import type { MapNode, SpecNode } from './tree.ts';

/** Why a file could not be read, to follow "can't be read:", and the files that are there instead. */
export interface ReadFailure {
  reason: string;
  siblings?: readonly string[];
}

/** Gives the text of a file that a spec names. Paths are as `file` of the spec is: relative to the same folder. */
export type ReadFile = (path: string) => string | ReadFailure;

/** The text of a spec and what it is called in errors. */
export interface SpecSource {
  file: string;
  text: string;
  /** Reads the files named under `extends`; without it a spec can't extend any. */
  readFile?: ReadFile;
  /** What the plugins that the study names came to, by path; without it a study can't name any. */
  plugins?: ReadonlyMap<string, PluginResult>;
  /** What the study's folder of images holds, or why it can't be listed, to follow its path. */
  images?: ImageListing | { reason: string };
  /** Laid over the file before its variables are filled in: `training.epochs=3`, the value as YAML. */
  sets?: readonly string[];
}

/** A spec and the files that it extends, laid over each other. */
export interface ReadFiles {
  /** The file alone. */
  document: SpecDocument;
  /** Without `extends`; null where a file could not be read or is no map. */
  root: MapNode | null;
  problems: SpecProblem[];
  /** Texts by file name. */
  sources: Map<string, string>;
}

/** Files that a study may be made of, and how long a chain of them may be. */
const MAX_FILES = 100;
const MAX_CHAIN = 32;

/**
 * Reads a spec with the files that it extends: those left to right, each over the one before, then the file itself.
 * Every value keeps the origin of the file that wrote it. A newer version anywhere is all that is said.
 */
export function readFiles(source: SpecSource): ReadFiles {
  const reader = new FileReader(source);
  const document = reader.open(source.file, source.text);
  const root = reader.merge(source.file, document, []);
  if (reader.newer !== null) return { document, root: null, problems: [reader.newer], sources: reader.sources };
  return { document, root: reader.failed ? null : root, problems: reader.problems, sources: reader.sources };
}

class FileReader {
  readonly problems: SpecProblem[] = [];
  readonly sources = new Map<string, string>();
  /** A file of a version that can't be read here. */
  newer: SpecProblem | null = null;
  failed = false;
  readonly #readFile: ReadFile | undefined;
  readonly #top: string;
  /** By normal path: what a file comes to with all that it extends. */
  readonly #merged = new Map<string, MapNode | null>();

  constructor({ file, readFile }: SpecSource) {
    this.#readFile = readFile;
    this.#top = file;
  }

  open(file: string, text: string): SpecDocument {
    this.sources.set(file, text);
    const document = readDocument(file, text);
    this.problems.push(...document.problems);
    return document;
  }

  /** @param chain The files that led here, as they are shown. */
  merge(file: string, { root }: SpecDocument, chain: readonly string[]): MapNode | null {
    if (root === null) return this.#fail();
    if (root.kind !== 'map') {
      const what = file === this.#top ? 'a study' : 'a base file';
      return this.#fail(`${what} must be a map of keys such as \`dataset\` and \`variants\`.`, root.origin);
    }
    this.#checkVersion(file, root);
    const entries = new Map(root.entries);
    entries.delete('extends');
    const own: MapNode = { ...root, entries };
    const named = root.entries.get('extends');
    if (named === undefined) return own;
    let base: SpecNode | null = null;
    const seen = new Set<string>();
    for (const node of this.#names(named.value)) {
      const path = resolvePath(file, String(node.value));
      if (seen.has(path)) this.#fail(`extends: "${String(node.value)}" is named twice. Keep one of them.`, node.origin);
      seen.add(path);
      const next = this.#extend(path, node.origin, [...chain, file]);
      if (next !== null) base = base === null ? next : mergeNodes(base, next);
    }
    if (base === null) return own;
    const merged = mergeNodes(base, own);
    return merged.kind === 'map' ? merged : own;
  }

  #names(node: SpecNode): Extract<SpecNode, { kind: 'scalar' }>[] {
    const items = node.kind === 'list' ? node.items : [node];
    const names = items.flatMap((item) => {
      if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '') return [item];
      if (item.kind !== 'scalar' || item.unresolved !== true) {
        this.#fail('extends: must be the path of a file, or a list of such paths, as in "./_mnist.yaml".', item.origin);
      }
      return [];
    });
    if (items.length === 0) this.#fail('extends: must name at least one file; received an empty list.', node.origin);
    return names;
  }

  #extend(path: string, mention: Origin, chain: readonly string[]): MapNode | null {
    const start = chain.findIndex((file) => normalizePath(file) === path);
    if (start >= 0) {
      const circle = [...chain.slice(start), chain[start]].join(' → ');
      const message =
        circle.split(' → ').length === 2
          ? 'the file extends itself.'
          : `files extend each other in a circle: ${circle}.`;
      return this.#fail(`extends: ${message}`, mention);
    }
    const known = this.#merged.get(path);
    if (known !== undefined) return known;
    if (chain.length > MAX_CHAIN || this.sources.size >= MAX_FILES) {
      const limit = chain.length > MAX_CHAIN ? `a chain of at most ${MAX_CHAIN} files` : `at most ${MAX_FILES} files`;
      return this.#fail(`extends: a study must be made of ${limit}.`, mention);
    }
    const text = this.#read(path, mention);
    const node = text === null ? null : this.merge(path, this.open(path, text), chain);
    this.#merged.set(path, node);
    return node;
  }

  #read(path: string, mention: Origin): string | null {
    const found = this.#readFile?.(path) ?? { reason: 'no other files can be read here' };
    if (typeof found === 'string') return found;
    const { reason, siblings = [] } = found;
    const name = path.slice(path.lastIndexOf('/') + 1);
    const guess = didYouMean(name, siblings, 'YAML files beside it');
    this.#fail(`extends: "${path}" can't be read: ${reason}${guess}`, mention);
    return null;
  }

  #checkVersion(file: string, { entries }: MapNode): void {
    const node = entries.get('spec')?.value;
    if (node?.kind !== 'scalar') return;
    this.newer ??= newerVersion(node.value, node.origin);
    // The study's own version is checked with the rest of it.
    if (file === this.#top || node.value === SPEC_VERSION || node.unresolved === true) return;
    const message = `spec: must be ${SPEC_VERSION}; received ${JSON.stringify(node.value)}`;
    this.problems.push({ message, origin: node.origin });
  }

  #fail(message?: string, origin?: Origin): null {
    this.failed = true;
    if (message !== undefined && origin !== undefined) this.problems.push({ message, origin });
    return null;
  }
}

/** A file of a later version may hold anything: nothing else is said of it. */
export function newerVersion(version: unknown, origin: Origin): SpecProblem | null {
  if (typeof version !== 'number' || !Number.isInteger(version) || version <= SPEC_VERSION) return null;
  const message = `spec: this version of Ablate reads spec ${SPEC_VERSION}; received ${version}. Update Ablate to read this file.`;
  return { message, origin };
}
