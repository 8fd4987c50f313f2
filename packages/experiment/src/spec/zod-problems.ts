import type { z } from 'zod';
import { closest, didYouMean, isMisspelt } from './did-you-mean.ts';
import type { OriginMap, SpecPath } from './origin.ts';
import type { SpecProblem } from './problem.ts';
import { describeSchemas, knownKeys, oneOf, schemasAt } from './schema-walk.ts';

type Issue = z.core.$ZodIssue;

/** Helps {@link zodProblems} to say more. */
export interface ZodProblemOptions {
  /** The schema that refused the value: names the keys and bounds that zod's issues leave out. */
  schema?: z.core.$ZodType;
  /** Where a schema normalises what is written: the authored path (under `base`) of a path in its issues. */
  authoredPath?: (path: SpecPath) => SpecPath;
  /** What the value is called where its path does not say: `variant "a"`. */
  what?: string;
}

/**
 * Plain sentences for what zod found, each at the place that is to be changed. Values whose own problem is already
 * reported (a variable that is not there) are passed over.
 *
 * @param base Where the validated value stands in the object that `origins` maps.
 */
export function zodProblems(
  error: z.core.$ZodError,
  origins: OriginMap,
  base: SpecPath,
  options: ZodProblemOptions = {},
): SpecProblem[] {
  return new Writer(origins, base, options).write(error.issues, []);
}

class Writer {
  readonly #origins: OriginMap;
  readonly #base: SpecPath;
  readonly #options: ZodProblemOptions;
  /** By path, as JSON: what is found once, because a file may have many unknown keys. */
  readonly #known = new Map<string, string[]>();
  readonly #homes = new Map<string, Map<string, string>>();

  constructor(origins: OriginMap, base: SpecPath, options: ZodProblemOptions) {
    this.#origins = origins;
    this.#base = base;
    this.#options = options;
  }

  /** @param above Path of the union that the issues stand in; theirs are relative to it. */
  write(issues: readonly Issue[], above: SpecPath): SpecProblem[] {
    const placed = issues.map((issue) => ({ issue, path: [...above, ...(issue.path as SpecPath)] }));
    const misspelt = new Set(
      placed.flatMap(({ issue, path }) => {
        const guesses = this.#guesses(issue, path);
        return guesses.length === 0
          ? []
          : [path, ...guesses.map((guess) => [...path, guess])].map((at) => JSON.stringify(at));
      }),
    );
    // What a misspelt key was meant to say is neither missing, nor is the whole wrong without it, nor what goes with it.
    const within = (path: SpecPath) => [path, path.slice(0, -1)].some((at) => misspelt.has(JSON.stringify(at)));
    return placed
      .filter(({ issue, path }) => issue.code === 'unrecognized_keys' || !misspelt.has(JSON.stringify(path)))
      .filter(({ issue, path }) => issue.code !== 'custom' || !within(path))
      .filter(({ path }) => !this.#isUnsaid(path))
      .flatMap(({ issue, path }) => this.#problems(issue, path));
  }

  /** The keys that unknown ones were meant to be: nobody misses those. */
  #guesses(issue: Issue, path: SpecPath): string[] {
    if (issue.code !== 'unrecognized_keys') return [];
    return issue.keys.flatMap((key) => closest(key, this.#candidates(path).names) ?? []);
  }

  /** Whether a value is missing from a map whose keys could not all be read. */
  #isUnsaid(path: SpecPath): boolean {
    return path.length > 0 && this.#read(path) === undefined && this.#isIncomplete(path.slice(0, -1));
  }

  #isIncomplete(path: SpecPath): boolean {
    return this.#origins.get(this.#authored(path))?.incomplete === true;
  }

  #problems(issue: Issue, path: SpecPath): SpecProblem[] {
    const at = this.#authored(path);
    if (this.#origins.isUnresolved(at)) return [];
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map((key) => this.#unknownKey(key, path));
      case 'invalid_union':
        return this.#union(issue, path);
      case 'invalid_key': {
        const message = `key "${String(path.at(-1))}": ${issue.issues.map(({ message }) => lowerFirst(message)).join('; ')}.`;
        return [{ message, origin: this.#keyOrigin(at) }];
      }
      default:
        return [this.#problem(path, this.#sentence(issue, path))];
    }
  }

  /** "epochs: …", at the value of the path. */
  #problem(path: SpecPath, sentence: string): SpecProblem {
    const at = this.#authored(path);
    const origin = this.#origins.pointAt(at);
    if (this.#read(path) !== undefined) return { message: `${label(at)}: ${sentence}`, origin };
    const name = String(at.at(-1));
    const owner = at.slice(0, -1);
    // A layer without arguments is its name alone.
    const written = this.#origins.read(owner);
    const who = typeof written === 'string' ? written : label(owner);
    const message = owner.length === 0 ? `"${name}" ${sentence}` : `${who}: "${name}" ${sentence}`;
    return { message, origin, missing: true };
  }

  #sentence(issue: Issue, path: SpecPath): string {
    if (issue.code === 'custom') return endSentence(issue.message);
    const received = this.#read(path);
    const expected = this.#expected(issue, path);
    if (received === undefined && issue.code !== 'unrecognized_keys') return `is missing; it must be ${expected}.`;
    return `must be ${expected}; received ${show(received)}${this.#hint(issue, received, path)}`;
  }

  /** What was probably meant. */
  #hint(issue: Issue, received: unknown, path: SpecPath): string {
    if (typeof received !== 'string') return '';
    const values = issue.code === 'invalid_value' ? issue.values : [];
    const number = values.some((value) => typeof value === 'number') || ['number', 'int'].includes(expectedType(issue));
    if (number && received.trim() !== '' && Number.isFinite(Number(received))) return '. Write it without quotes.';
    if (expectedType(issue) === 'object' && this.#candidates(path).names.includes('name')) {
      return `. Write { name: ${received} }.`;
    }
    const guess = guessOf(received, values.map(String));
    return guess === '' ? '' : ` — ${guess}`;
  }

  /** What is expected there: from the schema if it is known, else from the issue. */
  #expected(issue: Issue, path: SpecPath): string {
    switch (issue.code) {
      case 'invalid_value':
        return oneOf(issue.values);
      case 'too_small':
      case 'too_big':
        return this.#ofSchema(path, issue.origin) ?? bound(issue);
      case 'not_multiple_of':
        return this.#ofSchema(path, 'number') ?? `a multiple of ${String(issue.divisor)}`;
      case 'invalid_type':
        return this.#ofSchema(path, 'number') ?? EXPECTED[issue.expected] ?? `of type ${issue.expected}`;
      case 'invalid_format':
        return issue.format === 'regex' && issue.pattern !== undefined
          ? `text like ${issue.pattern}`
          : `a ${issue.format}`;
      default:
        return lowerFirst(issue.message);
    }
  }

  /** The schema's words; sizes of lists and texts are only in the issue. */
  #ofSchema(path: SpecPath, origin: string): string | undefined {
    if (this.#options.schema === undefined || (origin !== 'number' && origin !== 'int')) return undefined;
    const schemas = schemasAt(this.#options.schema, path, (inner) => this.#read(inner));
    return schemas.length === 0 ? undefined : describeSchemas(schemas);
  }

  #unknownKey(key: string, path: SpecPath): SpecProblem {
    const at = this.#authored(path);
    const { names, some } = this.#candidates(path, key);
    const { what } = this.#options;
    const place = path.length === 0 && what !== undefined ? ` in ${what}` : at.length === 0 ? '' : ` in ${label(at)}`;
    const home = closest(key, names) === undefined ? this.#homeOf(key, path) : undefined;
    const end =
      home === undefined
        ? didYouMean(key, names, some ? 'other known keys' : 'known keys')
        : `: it belongs in ${home}.`;
    return {
      message: `unknown key "${key}"${place}${end}`,
      gist: `unknown key "${key}"${end}`,
      origin: this.#keyOrigin(this.#authored([...path, key])),
    };
  }

  /** The keys that could stand at a path beside those that do; all known ones, if one that does is nearest to `key`. */
  #candidates(path: SpecPath, key?: string): { names: string[]; some: boolean } {
    const known = this.#knownKeys(path);
    const present = this.#read(path);
    const free = known.filter(
      (name) => typeof present !== 'object' || present === null || !Object.hasOwn(present, name),
    );
    const some = free.length > 0 && free.length < known.length;
    const nearest = key === undefined ? undefined : closest(key, [...free, ...known]);
    const taken = nearest !== undefined && !free.includes(nearest);
    return { names: some && !taken ? free : known, some };
  }

  #knownKeys(path: SpecPath): string[] {
    const { schema } = this.#options;
    if (schema === undefined) return [];
    const place = JSON.stringify(path);
    const before = this.#known.get(place);
    if (before !== undefined) return before;
    const known = knownKeys(schemasAt(schema, path, (inner) => this.#read(inner)));
    this.#known.set(place, known);
    return known;
  }

  /** The map below, at most two levels down, that has a key of this name: `training`, `training.optimizer`. */
  #homeOf(key: string, path: SpecPath): string | undefined {
    const place = JSON.stringify(path);
    const homes = this.#homes.get(place) ?? this.#findHomes(path);
    this.#homes.set(place, homes);
    return homes.get(key);
  }

  #findHomes(path: SpecPath): Map<string, string> {
    const below = this.#knownKeys(path).map((name) => [name]);
    const deeper = below.flatMap((steps) => this.#knownKeys([...path, ...steps]).map((inner) => [...steps, inner]));
    const homes = new Map<string, string>();
    for (const steps of [...below, ...deeper]) {
      for (const key of this.#knownKeys([...path, ...steps])) if (!homes.has(key)) homes.set(key, steps.join('.'));
    }
    return homes;
  }

  #union(issue: z.core.$ZodIssueInvalidUnion, path: SpecPath): SpecProblem[] {
    const discriminator = 'discriminator' in issue ? issue.discriminator : undefined;
    if (typeof discriminator === 'string' && issue.errors.length === 0) {
      const options = ('options' in issue && Array.isArray(issue.options) ? issue.options : []).map(String);
      // The issue points at the tag if the value is a map.
      return this.#unknownTag(discriminator, options, path.at(-1) === discriminator ? path.slice(0, -1) : path);
    }
    const received = this.#read(path);
    const members = issue.errors.filter((errors) => errors.length > 0);
    // Members that want another kind of value altogether say nothing about this one.
    const near = members.filter((errors) => !errors.some((error) => error.path.length === 0 && isTypeIssue(error)));
    const [only] = near;
    if (only !== undefined && near.length === 1) return this.write(only, path);
    if (only !== undefined) {
      // A member is nearest if its faults lie deepest, then if they are fewest.
      const [best] = near.sort((a, b) => depth(b) - depth(a) || a.length - b.length);
      return this.write(best ?? only, path);
    }
    const expected = [...new Set(members.flat().map((error) => this.#expectedOfMember(error, path)))];
    const text =
      expected.length < 2
        ? (expected[0] ?? 'something else')
        : `${expected.slice(0, -1).join(', ')} or ${expected.at(-1)}`;
    const guess = typeof received === 'string' ? guessOf(received, members.flat().flatMap(valuesOf)) : '';
    const sentence =
      received === undefined
        ? `is missing; it must be ${text}.`
        : `must be ${text}; received ${show(received)}${guess === '' ? '' : ` — ${guess}`}`;
    return [this.#problem(path, sentence)];
  }

  #expectedOfMember(issue: Issue, path: SpecPath): string {
    if (issue.code === 'invalid_type') return EXPECTED[issue.expected] ?? issue.expected;
    return this.#expected(issue, path);
  }

  #unknownTag(discriminator: string, options: readonly string[], path: SpecPath): SpecProblem[] {
    const at = this.#authored(path);
    const tag = this.#read([...path, discriminator]);
    if (this.#origins.isUnresolved(this.#authored([...path, discriminator]))) return [];
    if (tag === undefined) {
      const value = this.#read(path);
      const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
      const known = this.#knownKeys(path);
      const wrong = keys.find((key) => isMisspelt(discriminator, [key], known));
      if (wrong !== undefined) return [this.#unknownKey(wrong, path)];
      const message = `${label(at)}: "${discriminator}" is missing; it must be ${oneOf(options)}.`;
      return [{ message, origin: this.#origins.pointAt(at), missing: true }];
    }
    const message =
      typeof tag === 'string'
        ? `unknown ${[...at].reverse().find((step) => typeof step === 'string') ?? discriminator} "${tag}"${didYouMean(tag, options, 'known names')}`
        : `${label([...at, discriminator])}: must be ${oneOf(options)}; received ${show(tag)}`;
    return [{ message, origin: this.#origins.pointAt(this.#authored([...path, discriminator])) }];
  }

  #keyOrigin(at: SpecPath): SpecProblem['origin'] {
    return this.#origins.get(at)?.key ?? this.#origins.pointAt(at);
  }

  #authored(path: SpecPath): SpecPath {
    return [...this.#base, ...(this.#options.authoredPath?.(path) ?? path)];
  }

  #read(path: SpecPath): unknown {
    return this.#origins.read(this.#authored(path));
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'null',
};

function bound(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const limit = Number(issue.code === 'too_small' ? issue.minimum : issue.maximum);
  const sign = issue.code === 'too_small' ? (issue.inclusive ? '≥' : '>') : issue.inclusive ? '≤' : '<';
  const most = issue.code === 'too_small' ? 'at least' : 'at most';
  if (issue.origin === 'array') return `a list of ${most} ${limit}`;
  if (issue.origin === 'string') return `text of ${most} ${limit} ${limit === 1 ? 'character' : 'characters'}`;
  return `${sign} ${limit}`;
}

function expectedType(issue: Issue): string {
  return issue.code === 'invalid_type' ? issue.expected : '';
}

function isTypeIssue({ code }: Issue): boolean {
  return code === 'invalid_type' || code === 'invalid_value';
}

function depth(issues: readonly Issue[]): number {
  return Math.max(...issues.map((issue) => issue.path.length));
}

function valuesOf(issue: Issue): string[] {
  return issue.code === 'invalid_value' ? issue.values.map(String) : [];
}

function guessOf(name: string, candidates: readonly string[]): string {
  return /did you mean.*/.exec(didYouMean(name, candidates, 'values'))?.[0] ?? '';
}

/** The last key with the list indices after it: `filters[1]`. */
function label(path: SpecPath): string {
  const start = path.findLastIndex((step) => typeof step === 'string');
  const steps = path.slice(Math.max(0, start));
  const text = steps.map((step) => (typeof step === 'string' ? step : `[${step}]`)).join('');
  return text === '' ? 'the study' : text;
}

/** A value as a reader recognises it, in one short line. */
function show(value: unknown): string {
  if (Array.isArray(value) && value.length === 0) return 'an empty list';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? 'nothing';
  if (text.length <= 60) return text;
  return Array.isArray(value)
    ? `a list of ${value.length}`
    : typeof value === 'object'
      ? 'a map'
      : `${text.slice(0, 59)}…`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function endSentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
