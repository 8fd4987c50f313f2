import { closest, isMisspelt } from './did-you-mean.ts';
import type { SpecProblem } from './problem.ts';
import { SET_FILE } from './set-values.ts';
import { parseTemplate } from './template.ts';
import type { MapNode, SpecNode } from './tree.ts';
import { BUILTIN_VARIABLES, describeGrid, type TextPlace, type Variables, within } from './variables.ts';

/**
 * Checks every `$` of a study before anything is substituted: the writing, unknown and unused variables, lists in the
 * part that all variants share, `$classes` in the data set that gives it, keys outside `variants`. A variable may be
 * unused where the study did not write it: bases offer them. A partial file may mention variables that it lacks.
 */
export function checkMentions(
  study: MapNode,
  variables: Variables,
  { file, partial }: { file: string; partial: boolean },
  problems: SpecProblem[],
): void {
  const lenient = partial || isMisspelt('variables', study.entries.keys(), STUDY_KEYS);
  const checker = new Checker(variables, lenient, problems);
  for (const [name, { key, value }] of study.entries) {
    checker.key(name, key);
    if (name === 'variables') checker.value(value, { keys: false, grids: true, builtins: true });
    else if (name === 'variants' || isMisspelt('variants', [name], STUDY_KEYS))
      checker.value(value, { keys: true, grids: true, builtins: true });
    else checker.value(value, { keys: false, grids: false, builtins: name !== 'dataset' });
  }
  for (const { name, key } of variables.all.values()) {
    const own = key.file === file || key.file === SET_FILE;
    if (!partial && own && !checker.mentioned.has(name) && !checker.misspelt.has(name)) {
      problems.push({ message: `unused variable "${name}": mention it as $${name}, or remove it.`, origin: key });
    }
  }
}

/** The keys of a study whose content is read before the others: a misspelt one would make others look wrong. */
export const STUDY_KEYS: readonly string[] = ['variables', 'variants'];

/** What a part of the study may mention. */
interface Scope {
  keys: boolean;
  grids: boolean;
  builtins: boolean;
}

class Checker {
  readonly mentioned = new Set<string>();
  /** Variables that unknown ones were probably meant to be. */
  readonly misspelt = new Set<string>();
  readonly #variables: Variables;
  /** Variables may be elsewhere: unknown ones are not reported. */
  readonly #lenient: boolean;
  readonly #problems: SpecProblem[];

  constructor(variables: Variables, lenient: boolean, problems: SpecProblem[]) {
    this.#variables = variables;
    this.#lenient = lenient;
    this.#problems = problems;
  }

  value(node: SpecNode, scope: Scope): void {
    if (node.kind === 'list') {
      for (const item of node.items) this.value(item, scope);
    } else if (node.kind === 'map') {
      for (const [name, { key, value }] of node.entries) {
        if (scope.keys) this.#text(name, key, scope);
        else this.key(name, key);
        this.value(value, scope);
      }
    } else if (typeof node.value === 'string' && node.unresolved !== true) {
      this.#text(node.value, node, scope);
    }
  }

  key(name: string, place: TextPlace): void {
    if (!name.includes('$')) return;
    const message = `key "${name}": only keys under "variants" can use variables.`;
    this.#problems.push({ message, origin: place.origin });
  }

  #text(text: string, place: TextPlace, scope: Scope): void {
    const { pieces, mistakes } = parseTemplate(text);
    for (const { message, start, end } of mistakes) {
      this.#problems.push({ message, origin: within(place, start, end) });
    }
    for (const piece of pieces) {
      if (piece.kind === 'text') continue;
      this.mentioned.add(piece.name);
      const message = this.#describe(piece.name, scope);
      if (message !== null) this.#problems.push({ message, origin: within(place, piece.start, piece.end) });
    }
  }

  #describe(name: string, scope: Scope): string | null {
    const builtin = BUILTIN_VARIABLES.includes(name);
    if (!builtin && !this.#variables.all.has(name)) {
      const meant = closest(name, this.#variables.all.keys());
      if (meant !== undefined) this.misspelt.add(meant);
      return this.#lenient ? null : this.#variables.describeUnknown(name);
    }
    if (!scope.builtins) {
      const given = BUILTIN_VARIABLES.find((other) => this.#variables.reach([name]).has(other));
      if (given !== undefined) return `$${given} comes from the data set, so "dataset" can't use it.`;
    }
    if (!scope.grids) {
      const [grid] = this.#variables.grids([name]);
      if (grid !== undefined) {
        return `the list variable ${describeGrid(grid)} can be used under "variants" only. To pass the list as one value, nest it: [[…]].`;
      }
    }
    return null;
  }
}
