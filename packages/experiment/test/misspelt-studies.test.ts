import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { activationNames } from '@ablate/layers/schema';
import { randomStream } from '@ablate/random';
import { expect, test } from 'vitest';
import { LineCounter, type Node, type Pair, parseDocument, type Scalar, visit } from 'yaml';
import { formatProblems, type ReadFile, readStudy } from '../src/schema/index.ts';

const FOLDER = new URL('../../../experiments/', import.meta.url);
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const DEEP = import.meta.env.MODE === 'deep';

test.each(FILES)(
  '%s: every key and every name in it, misspelt, is found where it stands and put right',
  (file) => {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    const words = wordsOf(text);
    expect(words.length).toBeGreaterThan(2);
    const stride = words.length <= 60 ? 1 : Math.ceil(words.length / 40);
    const random = randomStream(1, `misspelt/${file}`);
    const mutants = words.flatMap((word, index) => {
      const all = misspellings(word.text);
      // Of a long study, some forty words: the deep tier takes every word with every misspelling.
      if (!DEEP && index % stride !== 0) return [];
      return DEEP
        ? all.map((wrong) => ({ ...word, wrong }))
        : [{ ...word, wrong: all[draw(random, index, all.length)] ?? '' }];
    });
    process.stdout.write(`${file}: ${words.length} words, ${mutants.length} misspellings\n`);
    const missed = mutants.flatMap((mutant) => {
      const spoilt = text.slice(0, mutant.start) + mutant.wrong + text.slice(mutant.start + mutant.text.length);
      const { problems, sources } = readStudy({ file, text: spoilt, readFile });
      const hit = problems.some(
        ({ message, origin }) =>
          origin.line === mutant.line &&
          origin.column === mutant.column &&
          message.includes(`did you mean "${mutant.text}"`),
      );
      // One mistake is one problem, whatever follows from it.
      return hit && problems.length === 1
        ? []
        : [`${mutant.text} → ${mutant.wrong}\n${formatProblems(problems, sources)}`];
    });
    expect(missed).toEqual([]);
  },
  600_000,
);

const readFile: ReadFile = (path) => readFileSync(new URL(path, FOLDER), 'utf8');

interface Word {
  text: string;
  start: number;
  line: number;
  column: number;
}

/** The keys and names that Ablate gives: not those of variants and variables, nor titles and paths. */
function wordsOf(text: string): Word[] {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const words: Word[] = [];
  const add = ({ value, range }: Scalar): void => {
    if (typeof value !== 'string' || !/^[\w-]{2,}$/.test(value) || range === null || range === undefined) return;
    const { line, col } = counter.linePos(range[0]);
    words.push({ text: value, start: range[0], line, column: col });
  };
  visit(document, {
    Scalar(key, node, path) {
      const keys = path
        .filter((step): step is Pair<Scalar<string>, Node> => 'key' in step)
        .map((pair) => pair.key.value);
      const [top] = keys;
      const last = keys.at(-1);
      const isOwnName = (key === 'key' && keys.length === 2 && top === 'variants') || top === 'variables';
      const isFreeText =
        key !== 'key' && ['title', 'description', 'extends', 'unfair', 'variables'].includes(last ?? '');
      if (!isOwnName && !isFreeText) add(node);
    },
  });
  return words;
}

/** Neighbouring letters swapped, a letter doubled, a letter left out. */
function misspellings(word: string): string[] {
  const wrong = new Set<string>();
  for (let at = 0; at < word.length; at++) {
    const [before, letter, after] = [word.slice(0, at), word[at] ?? '', word.slice(at + 1)];
    if (!/[a-z]/i.test(letter)) continue;
    wrong.add(before + letter + letter + after).add(before + after);
    if (/^[a-z]/i.test(after)) wrong.add(before + (after[0] ?? '') + letter + after.slice(1));
  }
  wrong.delete(word);
  // relu without its r is another activation, k3 without its k a number, swish without a letter as near to mish.
  return [...wrong].filter(
    (other) => !activationNames.some((name) => name === other) && !/^(\d+|sish|wish)$/.test(other),
  );
}

function draw(random: ReturnType<typeof randomStream>, index: number, bound: number): number {
  return Math.floor(random.uniform(index) * bound);
}
