import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { type RandomStream, randomStream } from '@ablate/random';
import { expect, test } from 'vitest';
import { readStudy, type SpecProblem } from '../src/schema/index.ts';

/*
 * Whatever a file holds, it is read or refused: no exception, no text that takes long, no problem without a place.
 */
const COUNT = import.meta.env.MODE === 'deep' ? 100_000 : 2_000;

const FOLDER = new URL('broken-specs/', import.meta.url);
/** Texts to start from: every broken spec, at most some lines each. */
const SEEDS = readdirSync(FOLDER).flatMap((name) =>
  readFileSync(new URL(name, FOLDER), 'utf8')
    .split(/^=== .*\n/m)
    .map((part) => part.replaceAll(/^[!$] .*\n|^--- .*\n/gm, '')),
);

/** What YAML and the spec give a meaning to, and what text must survive. */
const PIECES = [
  '{}[]:,-?&*!|>\'"%@`#$<=~\\\t\n ',
  '${|}|$$|: |- |&a |*a|<<: *a|!!binary |!!js/function |é|😀|"\\u|"\\x',
  'null|true|.inf|.nan|-0|0x1F|0o7|1e999|1_000|12:30:45|2020-01-01|99999999999999999999',
  'spec: 1|dataset|variants|variables|extends|layers|conv2d|residual|parallel|training|match',
  '__proto__|constructor|toString|hasOwnProperty|length|prototype|$classes|$inputShape|${k}',
  '\n  |\n- |---\n|...\n|>+\n|\r\n|\r|\u0000|\uFEFF|\u2028|\u0085|\uD800|\u202E',
].flatMap((pieces, index) => (index === 0 ? [...pieces] : pieces.split('|')));

test(`${COUNT} random and spoilt texts: read or refused, each problem in the text`, { timeout: 3_600_000 }, () => {
  const random = randomStream(1, 'any-text');
  const failures: string[] = [];
  let [slowest, refused] = [0, 0];
  for (let index = 0; index < COUNT && failures.length < 5; index++) {
    const text = anyText(random.split(String(index)));
    const start = performance.now();
    const complaint = complaintOf(text);
    slowest = Math.max(slowest, performance.now() - start);
    if (complaint === 'refused') refused++;
    else if (complaint !== null) failures.push(`${index}: ${complaint}\n${JSON.stringify(text)}`);
  }
  process.stdout.write(`${COUNT} texts, ${refused} refused; the slowest took ${slowest.toFixed(0)} ms\n`);
  expect(failures).toEqual([]);
  expect(refused).toBeGreaterThan(COUNT * 0.9);
});

/** Null where the text is a study, `refused` where it is not and that is said as it should be, else what is wrong. */
function complaintOf(text: string): string | null {
  let problems: SpecProblem[];
  try {
    ({ problems } = readStudy({ file: 'study.yaml', text, readFile: () => ({ reason: 'there is no such file' }) }));
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  if (problems.length === 0) return null;
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const bad = problems.find(
    ({ message, origin: { file, line, column, endLine, endColumn } }) =>
      message === '' ||
      /internal|undefined|\[object|NaN/.test(message.replaceAll(/"[^"]*"|received .*/g, '')) ||
      file !== 'study.yaml' ||
      !(line >= 1 && line <= lines.length && column >= 1 && column <= (lines[line - 1] ?? '').length + 1) ||
      endLine < line ||
      (endLine === line && endColumn < column),
  );
  return bad === undefined ? 'refused' : JSON.stringify(bad);
}

/** One text in four is made of pieces alone; the others are specs with pieces put in, cut out, repeated and moved. */
function anyText(random: RandomStream): string {
  let drawn = 0;
  const below = (bound: number): number => Math.floor(random.uniform(drawn++) * bound);
  const piece = (): string => PIECES[below(PIECES.length)] ?? '';
  if (below(4) === 0) return Array.from({ length: 1 + below(60) }, piece).join(below(2) === 0 ? '' : ' ');
  let text = SEEDS[below(SEEDS.length)] ?? '';
  for (let rounds = 1 + below(6); rounds > 0; rounds--) {
    const at = below(text.length + 1);
    const end = Math.min(text.length, at + below(24));
    const [before, part, after] = [text.slice(0, at), text.slice(at, end), text.slice(end)];
    switch (below(5)) {
      case 0:
        text = before + piece() + part + after;
        break;
      case 1:
        text = before + after;
        break;
      case 2:
        text = before + piece() + after;
        break;
      case 3:
        text = before + part + part + after;
        break;
      default: {
        const to = below(text.length + 1);
        const rest = before + after;
        text = rest.slice(0, to) + part + rest.slice(to);
      }
    }
  }
  return text;
}

test.each<[string, () => string, RegExp]>([
  ['brackets in brackets', () => `a: ${'['.repeat(199_000)}`, /nests lists or maps too deeply/],
  [
    'maps in maps, indented',
    () => Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
    /nests lists or maps too deeply/,
  ],
  ['dashes after dashes', () => `${'- '.repeat(99_000)}a`, /nests lists or maps too deeply/],
  ['a billion laughs', () => laughs(10), /with its aliases written out, the file must hold at most 20,000 values/],
  ['a billion laughs in variables', () => doubling(60), /with its variables filled in, the study is too large/],
  ['50 MB', () => 'a: b\n'.repeat(10_000_000), /must have at most 200,000 characters; it has 50,000,000/],
  ['blanks alone', () => ' '.repeat(200_000), /nests lists or maps too deeply/],
  ['one key of nearly all letters', () => `${'k'.repeat(199_000)}: 1\n`, /./],
  ['dollars alone', () => `spec: 1\ntitle: "${'$'.repeat(190_000)}"\n`, /./],
  ['twenty-five thousand values', () => '- 1\n'.repeat(25_000), /must hold at most 20,000 values/],
  ['twenty thousand open quotes', () => `a: ${'"\n'.repeat(20_000)}`, /this may be no YAML file/],
])('%s: refused at once, with a reason', (name, text, reason) => {
  const written = text();
  const start = performance.now();
  const { problems } = readStudy({ file: 'study.yaml', text: written });
  const seconds = (performance.now() - start) / 1000;
  expect(problems.some(({ message }) => reason.test(message))).toBe(true);
  process.stdout.write(`${name}: ${seconds.toFixed(2)} s, ${problems.length} problems\n`);
});

/** Ten aliases of what is ten aliases, and so on. */
function laughs(levels: number): string {
  const lines = ['a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]'];
  for (let level = 1; level < levels; level++) {
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`);
  }
  return lines.join('\n');
}

/** Variables that each hold the one before twice. */
function doubling(levels: number): string {
  const variables = Array.from({ length: levels }, (_, level) => `  v${level + 1}: [[$v${level}, $v${level}]]`);
  return `spec: 1\ndataset: { name: mnist }\nvariables:\n  v0: 1\n${variables.join('\n')}\nvariants: { a: { architecture: $v${levels} } }\n`;
}
