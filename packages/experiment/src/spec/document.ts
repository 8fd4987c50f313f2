import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  parseDocument,
  type Scalar,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { didYouMean } from './did-you-mean.ts';
import { isBaseFile } from './file-path.ts';
import { LineStarts } from './line-starts.ts';
import { findDeepNesting } from './nesting.ts';
import { type Origin, OriginMap } from './origin.ts';
import { formatPlace, type SpecProblem } from './problem.ts';
import { arriveVia, countNodes, type KeyNode, type MapNode, type SpecNode, toPlain } from './tree.ts';
import { describeYamlError } from './yaml-problem.ts';

/** A YAML file as a plain object that knows where each part is written. */
export interface SpecDocument {
  /** Undefined where the file could not be parsed. */
  value: unknown;
  origins: OriginMap;
  problems: SpecProblem[];
  /** The same as `value` with its origins in place; null where the file could not be parsed. */
  root: SpecNode | null;
}

/** Characters of a text that are read; a study has a few thousand. */
const MAX_LENGTH = 200_000;
/** Values that a file may hold once its aliases are written out. */
const MAX_VALUES = 20_000;
/** Errors of syntax that are said of a file; most follow from the first. */
const MAX_SYNTAX_ERRORS = 100;

/**
 * Reads one YAML file. Never throws: everything wrong with it is in `problems`, all at once. After an error of syntax
 * there is no value; after any other (duplicate keys, unknown aliases, …) there is what could be understood.
 */
export function readDocument(file: string, text: string): SpecDocument {
  const start: Origin = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const refuse = (problems: SpecProblem[]): SpecDocument => {
    const origins = new OriginMap(undefined);
    origins.set([], { value: start });
    return { value: undefined, origins, problems, root: null };
  };

  if (text.length > MAX_LENGTH) {
    const message = `the file must have at most ${MAX_LENGTH.toLocaleString('en')} characters; it has ${text.length.toLocaleString('en')}.`;
    return refuse([{ message, origin: start }]);
  }
  const deep = findDeepNesting(text);
  if (deep !== null) {
    const line = text.slice(0, deep).split('\n').length;
    const column = deep - text.lastIndexOf('\n', deep - 1);
    const origin = { file, line, column, endLine: line, endColumn: column + 1 };
    return refuse([{ message: 'the file nests lists or maps too deeply.', origin }]);
  }

  const lines = new LineStarts(text);
  const at = (from: number, to: number): Origin => {
    const end = lines.place(to);
    return { file, ...lines.place(from), endLine: end.line, endColumn: end.column };
  };
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    const found = firstOfEachLine(errors, lines);
    const problems = found.slice(0, MAX_SYNTAX_ERRORS).map((error) => ({
      message: describeYamlError(error, text),
      origin: at(...error.pos),
    }));
    const rest = found[MAX_SYNTAX_ERRORS];
    if (rest !== undefined) {
      const message = `from here on there are errors on ${found.length - MAX_SYNTAX_ERRORS} more lines: this may be no YAML file.`;
      problems.push({ message, origin: at(...rest.pos) });
    }
    return refuse(problems);
  }
  const contents: ParsedNode | null = document.contents;
  if (contents === null || (isScalar(contents) && contents.value === null)) {
    const needs = isBaseFile(file) ? '.' : ': a study needs at least `spec`, `dataset` and `variants`.';
    return refuse([{ message: `the file is empty${needs}`, origin: start }]);
  }
  const reader = new TreeReader(text, at);
  const root = reader.read(contents, null);
  if (reader.tooLarge) {
    const message = `the file must hold at most ${MAX_VALUES.toLocaleString('en')} values.`;
    if (reader.problems.every(({ message: said }) => !said.includes('at most')))
      return refuse([{ message, origin: start }]);
    return refuse(reader.problems);
  }
  return { ...toPlain(root), problems: reader.problems, root };
}

/** One error of syntax makes the parser stumble over the rest of its line. */
function firstOfEachLine(errors: readonly YAMLError[], lines: LineStarts): YAMLError[] {
  const byLine = new Map<number, YAMLError>();
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    const { line } = lines.place(error.pos[0]);
    if (!byLine.has(line)) byLine.set(line, error);
  }
  return [...byLine.values()];
}

/** Turns the parser's nodes into {@link SpecNode}s: aliases written out, keys checked, nothing dropped unsaid. */
class TreeReader {
  readonly problems: SpecProblem[] = [];
  readonly #text: string;
  readonly #at: (start: number, end: number) => Origin;
  /** By anchor, in the order of the text; null while the anchored value is being read. */
  readonly #anchors = new Map<string, SpecNode | null>();
  /** More values than a file may hold; the rest of it is not read. */
  tooLarge = false;
  #values = 0;

  constructor(text: string, at: (start: number, end: number) => Origin) {
    this.#text = text;
    this.#at = at;
  }

  /** @param after Where an absent value would stand. */
  read(node: ParsedNode | null, after: Origin | null): SpecNode {
    this.#values++;
    if (this.#values > MAX_VALUES) this.tooLarge = true;
    if (this.tooLarge) return { kind: 'scalar', value: null, origin: after ?? this.#at(0, 0), unresolved: true };
    if (node === null) return { kind: 'scalar', value: null, origin: after ?? this.#at(0, 0) };
    if (isAlias(node)) return this.#alias(node);
    const { anchor } = node;
    if (anchor !== undefined) this.#anchors.set(anchor, null);
    const result = this.#content(node);
    if (anchor !== undefined) this.#anchors.set(anchor, result);
    return result;
  }

  #content(node: Exclude<ParsedNode, Alias.Parsed>): SpecNode {
    const origin = this.#originOf(node);
    if (isMap(node)) return this.#map(node, origin);
    if (isSeq(node)) {
      return { kind: 'list', items: node.items.map((item) => this.read(item, origin)), origin };
    }
    return { kind: 'scalar', value: node.value, origin, ...this.#inset(node) };
  }

  #map(node: YAMLMap.Parsed, origin: Origin): MapNode {
    const entries: MapNode['entries'] = new Map();
    let incomplete = false;
    for (const pair of node.items) {
      const key = this.#key(pair.key, origin);
      const value = this.read(pair.value, key.origin);
      if (key.name === undefined) {
        incomplete = true;
        continue;
      }
      const first = entries.get(key.name);
      if (first === undefined) entries.set(key.name, { key, value });
      else {
        this.#report(
          `duplicate key "${key.name}": it is already at ${formatPlace(first.key.origin)}. Keep one of them.`,
          key.origin,
        );
      }
    }
    return { kind: 'map', entries, origin, ...(incomplete ? { incomplete } : {}) };
  }

  #key(node: ParsedNode | null, map: Origin): KeyNode & { name?: string } {
    if (node === null || !isScalar(node)) {
      const origin = node === null ? map : this.#originOf(node);
      this.#report('a key must be text, not a list, a map or an alias.', origin);
      return { origin };
    }
    const origin = this.#originOf(node);
    const { value } = node;
    if (typeof value !== 'string') {
      this.#report(
        value === null || node.source === ''
          ? 'a key must be text; it is empty.'
          : `a key must be text; received ${node.source}. Put it in quotes: "${node.source}".`,
        origin,
      );
      return { origin };
    }
    if (value === '<<') {
      this.#report(
        'merge keys ("<<") are not part of the spec. Write the keys out, or put an alias under a key of its own.',
        origin,
      );
      return { origin };
    }
    if (value === '__proto__') {
      this.#report('"__proto__" can\'t be a key.', origin);
      return { origin };
    }
    if (node.anchor !== undefined) this.#reportAnchor(node.anchor, value, origin);
    return { name: value, origin, ...this.#inset(node) };
  }

  /** YAML gives an anchor before `key: value` to the key: nobody means that. */
  #reportAnchor(anchor: string, key: string, origin: Origin): void {
    this.#report(
      `&${anchor} names only the key "${key}", not what stands under it. Name the whole: &${anchor} { ${key}: … }, or the value: ${key}: &${anchor} …`,
      origin,
    );
    // Its aliases are no mistakes of their own.
    this.#anchors.set(anchor, { kind: 'scalar', value: `&${anchor}`, origin, unresolved: true });
  }

  #alias(node: Alias.Parsed): SpecNode {
    const origin = this.#originOf(node);
    const target = this.#anchors.get(node.source);
    if (target !== undefined && target !== null) {
      this.#values += countNodes(target);
      if (this.#values <= MAX_VALUES) return arriveVia(target, origin);
    }
    if (!target || !this.tooLarge) this.#report(this.#describeAlias(node.source, target), origin);
    if (target) this.tooLarge = true;
    return { kind: 'scalar', value: `*${node.source}`, origin, unresolved: true };
  }

  #describeAlias(name: string, target: SpecNode | null | undefined): string {
    if (target === null) return `alias *${name} stands inside the value that it repeats.`;
    if (target === undefined) {
      return `unknown alias "*${name}": no &${name} comes before it${didYouMean(name, this.#anchors.keys(), 'anchors before it')}`;
    }
    return `with its aliases written out, the file must hold at most ${MAX_VALUES.toLocaleString('en')} values.`;
  }

  #originOf(node: ParsedNode): Origin {
    const [start, end] = node.range;
    return this.#at(start, start + this.#text.slice(start, end).trimEnd().length);
  }

  #inset(node: Scalar.Parsed): { inset?: number } {
    if (typeof node.value !== 'string') return {};
    const source = this.#text.slice(node.range[0], node.range[1]).trimEnd();
    if (source === node.value) return { inset: 0 };
    return source.slice(1, -1) === node.value ? { inset: 1 } : {};
  }

  #report(message: string, origin: Origin): void {
    this.problems.push({ message, origin });
  }
}
