import { didYouMean } from './did-you-mean.ts';
import { readDocument } from './document.ts';
import { mergeNodes } from './merge.ts';
import type { Origin } from './origin.ts';
import type { SpecProblem } from './problem.ts';
import { moveOrigins, type MapNode, type SpecNode } from './tree.ts';

/** What the command line is called where it stands for a file. */
export const SET_FILE = '--set';

/** One step of a path: its text, and its offset in the whole. */
interface Step {
  text: string;
  offset: number;
}

/**
 * Lays settings such as `training.epochs=3` over a study, in order. Each stands on a line of its own of a file called
 * `--set`, so that what is wrong with one is shown as in any other file. A number is the position in a list; `null`
 * deletes what is inherited; a `name` that changes replaces the whole, as between files.
 */
export function setValues(root: MapNode, sets: readonly string[], problems: SpecProblem[]): MapNode {
  let study = root;
  for (const [index, text] of sets.entries()) {
    const set = readSet(text, index + 1, problems);
    if (set === null) continue;
    const over = overlay(study, set.path, set, problems);
    if (over === null) continue;
    const merged = mergeNodes(study, over);
    if (merged.kind === 'map') study = merged;
  }
  return study;
}

interface Setting {
  path: Step[];
  value: SpecNode;
  at(offset: number, length: number): Origin;
}

function readSet(text: string, line: number, problems: SpecProblem[]): Setting | null {
  const at = (offset: number, length: number): Origin => {
    const column = offset + 1;
    return { file: SET_FILE, line, column, endLine: line, endColumn: column + length };
  };
  const refuse = (message: string): null => {
    problems.push({ message: `--set: ${message}`, origin: at(0, Math.max(1, text.length)) });
    return null;
  };
  const equals = text.indexOf('=');
  const path = text.slice(0, Math.max(0, equals));
  const written = text.slice(equals + 1);
  if (equals < 1) return refuse(`must be a path and a value, as in training.epochs=3; received "${text}".`);
  if (/[\r\n]/.test(text)) return refuse('must stand on one line; write lists and maps with [ ] and { }.');
  if (written.trim() === '') return refuse(`"${path}" has no value. To remove what is inherited, set it to null.`);
  const steps = stepsOf(path);
  const empty = steps.find((step) => step.text === '');
  if (empty !== undefined) return refuse(`the path "${path}" has an empty part.`);
  if (steps[0]?.text === 'extends')
    return refuse('"extends" can\'t be set: the files are laid over each other before.');
  if (/^(null|~|Null|NULL)$/.test(written.trim())) {
    return { path: steps, at, value: { kind: 'scalar', value: null, origin: at(equals + 1, written.length) } };
  }
  const document = readDocument(SET_FILE, written);
  const move = (origin: Origin): Origin => ({
    ...origin,
    line: line + origin.line - 1,
    endLine: line + origin.endLine - 1,
    column: origin.column + equals + 1,
    endColumn: origin.endColumn + equals + 1,
  });
  problems.push(...document.problems.map(({ message, origin }) => ({ message, origin: move(origin) })));
  return document.root === null ? null : { path: steps, at, value: moveOrigins(document.root, move) };
}

function stepsOf(path: string): Step[] {
  let offset = 0;
  return path.split('.').map((text) => {
    const step = { text, offset };
    offset += text.length + 1;
    return step;
  });
}

/** What is laid over `base` to set the value at the path; null where there is no such place, which is reported. */
function overlay(
  base: SpecNode | undefined,
  path: readonly Step[],
  setting: Setting,
  problems: SpecProblem[],
  depth = 0,
): SpecNode | null {
  const [first] = path;
  if (first === undefined) return setting.value;
  if (base?.kind === 'list') {
    const item = /^\d+$/.test(first.text) ? base.items[Number(first.text)] : undefined;
    if (item === undefined) {
      const message = `--set: the list has ${base.items.length} items, 0 to ${base.items.length - 1}; received "${first.text}".`;
      problems.push({ message, origin: setting.at(first.offset, first.text.length) });
      return null;
    }
    const over = overlay(item, path.slice(1), setting, problems, depth + 1);
    if (over === null) return null;
    const items = base.items.map((other) => (other === item ? mergeNodes(item, over) : other));
    return { kind: 'list', items, origin: base.origin };
  }
  const entries = base?.kind === 'map' ? base.entries : undefined;
  const length = longestKey(path, entries);
  const name = path
    .slice(0, length)
    .map((step) => step.text)
    .join('.');
  const origin = setting.at(first.offset, name.length);
  if (depth === 1 && setting.path[0]?.text === 'variants' && entries?.has(name) === false) {
    const message = `--set: unknown variant "${name}"${didYouMean(name, entries.keys(), 'variants as they are written')}`;
    problems.push({ message, origin });
    return null;
  }
  const value = overlay(entries?.get(name)?.value, path.slice(length), setting, problems, depth + 1);
  if (value === null) return null;
  return { kind: 'map', entries: new Map([[name, { key: { origin, inset: 0 }, value }]]), origin };
}

/** How many steps make a key that is there: names may hold dots. One, where none does. */
function longestKey(path: readonly Step[], entries: MapNode['entries'] | undefined): number {
  for (let length = path.length; length > 1; length--) {
    if (
      entries?.has(
        path
          .slice(0, length)
          .map((step) => step.text)
          .join('.'),
      ) === true
    )
      return length;
  }
  return 1;
}
