import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatProblems, type PluginResult, type ReadFile, readStudy, type SpecProblem } from '../src/schema/index.ts';

/*
 * The files of broken-specs/ hold cases: a line `=== what is wrong`, the study, other files after lines `--- name`,
 * settings after `$ `, and what is expected after `! `: `line:column  message` in study.yaml, `file:line:column  message`
 * elsewhere. A changed message is accepted with `npx vitest run --update=all test/broken-specs.test.ts`; read the diff.
 */
const FOLDER = new URL('broken-specs/', import.meta.url);
const FIXTURES = readdirSync(FOLDER).map((name) => ({
  name,
  cases: parse(readFileSync(new URL(name, FOLDER), 'utf8')),
}));

test('the corpus has at least 120 specs, no two called alike', () => {
  const titles = FIXTURES.flatMap(({ name, cases }) => cases.map(({ title }) => `${name}: ${title}`));
  expect(titles.length).toBeGreaterThanOrEqual(120);
  expect(new Set(titles).size).toBe(titles.length);
});

test.each(FIXTURES)('$name: each broken spec is refused where and as it should be', async ({ name, cases }) => {
  const found = cases.map((broken) => ({ ...broken, problems: problemsOf(broken) }));
  expect(found.filter(({ problems }) => problems.length === 0).map(({ title }) => title)).toEqual([]);
  await expect(found.map(write).join('\n')).toMatchFileSnapshot(`./broken-specs/${name}`);
});

/** One case of a fixture, as it is written but for what is expected. */
interface BrokenSpec {
  title: string;
  files: [name: string, text: string][];
  sets: string[];
}

function parse(text: string): BrokenSpec[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.replace(/\n\n$/, '\n').split('\n');
      const broken: BrokenSpec = { title, files: [['study.yaml', '']], sets: [] };
      for (const line of lines.slice(0, -1)) {
        const file = broken.files.at(-1);
        if (line.startsWith('--- ')) broken.files.push([line.slice(4), '']);
        else if (line.startsWith('$ ')) broken.sets.push(line.slice(2));
        else if (!line.startsWith('! ') && file !== undefined) file[1] += `${line}\n`;
      }
      return broken;
    });
}

function problemsOf({ files, sets }: BrokenSpec): SpecProblem[] {
  const [[file, text] = ['', '']] = files;
  const siblings = files.map(([name]) => name);
  const readFile: ReadFile = (path) =>
    files.find(([name]) => name === path)?.[1] ?? { reason: 'there is no such file', siblings };
  const plugins = loadedPlugins(siblings);
  const source = { file, text, readFile, sets };
  const { pluginPaths } = readStudy(source);
  return readStudy({ ...source, plugins: new Map(pluginPaths.map((path) => [path, plugins(path)])) }).problems;
}

/** A plugin is there if the case has a file of that name; it brings no layers. */
function loadedPlugins(siblings: readonly string[]): (path: string) => PluginResult {
  const reason = 'there is no such file';
  return (path) =>
    siblings.includes(path)
      ? { path, hash: 'c0de', layers: [] }
      : { reason, siblings: siblings.filter((name) => name.endsWith('.mjs')) };
}

function write({ title, files, sets, problems }: BrokenSpec & { problems: SpecProblem[] }): string {
  const texts = files.map(([name, text], index) => (index === 0 ? text : `--- ${name}\n${text}`));
  const settings = sets.map((set) => `$ ${set}\n`);
  // Without sources there are no code frames: one line a problem.
  const expected = problems.map(
    (problem) => `! ${formatProblems([problem], new Map()).replace(/^study\.yaml:/, '')}\n`,
  );
  return [`=== ${title}\n`, ...texts, ...settings, ...expected].join('');
}
