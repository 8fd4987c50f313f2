/** A path inside a plain object: map keys and list indices. */
export type SpecPath = readonly (string | number)[];

/** A stretch of a source text. Lines and columns are 1-based and count UTF-16 units; the end is exclusive. */
export interface Origin {
  file: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  /** Where the value came in, if it was written elsewhere: the mention of the variable or alias. */
  via?: Origin;
}

/** What is known of one place of a resolved object. */
export interface OriginEntry {
  /** The key of the map entry; absent for list items and the root. */
  key?: Origin;
  value: Origin;
  /** The value could not be resolved and its problem is reported: nothing else is to be said about it. */
  unresolved?: boolean;
  /** It is a map with keys that could not be read, which are reported: nothing may be said to be missing from it. */
  incomplete?: boolean;
}

interface Place {
  entry?: OriginEntry;
  children: Map<string, Place>;
}

/** Maps each path of a resolved plain object to the source it came from, and reads the object at a path. */
export class OriginMap {
  /** The plain object that the paths lead through. */
  readonly root: unknown;
  readonly #top: Place = { children: new Map() };

  constructor(root: unknown) {
    this.root = root;
  }

  set(path: SpecPath, entry: OriginEntry): void {
    let place = this.#top;
    for (const step of path) {
      let child = place.children.get(String(step));
      if (child === undefined) {
        child = { children: new Map() };
        place.children.set(String(step), child);
      }
      place = child;
    }
    place.entry = entry;
  }

  /** The entry of exactly this path. */
  get(path: SpecPath): OriginEntry | undefined {
    const { entry, depth } = this.#nearest(path);
    return depth === path.length ? entry : undefined;
  }

  /** The entry of the path, or of its nearest ancestor that has one; undefined only in an empty map. */
  find(path: SpecPath): OriginEntry | undefined {
    return this.#nearest(path).entry;
  }

  /**
   * The place to underline for a problem with the value at `path`: the value itself, or the key before it where the
   * value spans lines, is empty, or is not there (then of its nearest ancestor).
   */
  pointAt(path: SpecPath): Origin {
    const { entry, depth } = this.#nearest(path);
    if (entry === undefined) return { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 };
    const { key, value } = entry;
    const whole = depth === path.length && value.line === value.endLine && value.column < value.endColumn;
    return whole || key === undefined ? value : key;
  }

  /** Whether the path lies at or under a value that could not be resolved. */
  isUnresolved(path: SpecPath): boolean {
    return this.find(path)?.unresolved === true;
  }

  /** The plain value at a path; undefined where there is none. */
  read(path: SpecPath): unknown {
    let value = this.root;
    for (const step of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Record<string | number, unknown>)[step];
    }
    return value;
  }

  /** Every path with an entry, parents before children. */
  *entries(): Generator<[path: string[], entry: OriginEntry]> {
    const waiting: [string[], Place][] = [[[], this.#top]];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [path, place] = next;
      if (place.entry !== undefined) yield [path, place.entry];
      const children = [...place.children].reverse();
      for (const [step, child] of children) waiting.push([[...path, step], child]);
    }
  }

  #nearest(path: SpecPath): { entry: OriginEntry | undefined; depth: number } {
    let place = this.#top;
    let { entry } = place;
    let depth = 0;
    for (const [index, step] of path.entries()) {
      const child = place.children.get(String(step));
      if (child === undefined) break;
      place = child;
      if (place.entry !== undefined) {
        ({ entry } = place);
        depth = index + 1;
      }
    }
    return { entry, depth };
  }
}
