import type { Origin } from './origin.ts';
import type { SpecProblem } from './problem.ts';
import { parseTemplate } from './template.ts';
import { arriveVia, countNodes, fromPlain, type KeyNode, type MapNode, type SpecNode } from './tree.ts';
import { BUILTIN_VARIABLES, type Variables, within } from './variables.ts';

/** What a study may grow to by substitution, shared by all its parts; a study needs some thousand. */
export class Budget {
  #left = 500_000;

  /** @throws SpecTooLarge */
  spend(amount: number): void {
    this.#left -= amount;
    if (this.#left < 0) throw new SpecTooLarge();
  }
}

/** Variables that double each other can write out more than memory holds. */
export class SpecTooLarge extends Error {}

/** Everything that decides what a variable's value is. */
export interface Values {
  variables: Variables;
  /** Values of the built-in variables; null where the data set does not give them. */
  builtins: Record<string, unknown> | null;
  /** The chosen item of each list variable. */
  point: ReadonlyMap<string, number>;
  budget: Budget;
  problems: SpecProblem[];
}

/**
 * Puts values in the place of mentions. What can't be resolved stays as written and is marked; the reasons are
 * reported by `checkMentions`, but for values that don't fit into text, which are reported here.
 */
export class Substitution {
  readonly #values: Values;
  readonly #known = new Map<string, SpecNode | null>();

  constructor(values: Values) {
    this.#values = values;
  }

  /** @param keys Whether keys are substituted too. */
  value(node: SpecNode, keys: boolean): SpecNode {
    this.#values.budget.spend(1);
    switch (node.kind) {
      case 'scalar': {
        if (typeof node.value !== 'string' || node.unresolved === true) return node;
        const { pieces, whole, mistakes } = parseTemplate(node.value);
        if (mistakes.length > 0) return { ...node, unresolved: true };
        const [first] = pieces;
        if (whole && first?.kind === 'variable') {
          return this.#variable(first.name, node.origin) ?? { ...node, unresolved: true };
        }
        if (first?.kind !== 'variable' && pieces.length <= 1) return { ...node, value: first?.text ?? '' };
        const text = this.text(node.value, node);
        return text === null ? { ...node, unresolved: true } : { kind: 'scalar', value: text, origin: node.origin };
      }
      case 'list':
        return { ...node, items: node.items.map((item) => this.value(item, keys)) };
      case 'map':
        return this.#map(node, keys);
    }
  }

  /** A text with its variables filled in; null if one can't be. */
  text(text: string, place: KeyNode): string | null {
    const { pieces, mistakes } = parseTemplate(text);
    if (mistakes.length > 0) return null;
    let result: string | null = '';
    for (const piece of pieces) {
      const part: string | null =
        piece.kind === 'text' ? piece.text : this.#textOf(piece.name, within(place, piece.start, piece.end));
      result = result === null || part === null ? null : result + part;
    }
    this.#values.budget.spend((result?.length ?? 0) / 64);
    return result;
  }

  #map(node: MapNode, keys: boolean): MapNode {
    const entries: MapNode['entries'] = new Map();
    for (const [name, { key, value }] of node.entries) {
      const text = keys ? (this.text(name, key) ?? name) : name;
      if (entries.has(text)) {
        const message = `duplicate key "${text}": with its variables filled in, "${name}" is a key that is already there.`;
        this.#values.problems.push({ message, origin: key.origin });
      } else entries.set(text, { key, value: this.value(value, keys) });
    }
    return { ...node, entries };
  }

  #variable(name: string, mention: Origin): SpecNode | null {
    const { builtins, budget } = this.#values;
    if (BUILTIN_VARIABLES.includes(name)) {
      return builtins === null || builtins[name] === undefined ? null : fromPlain(builtins[name], mention);
    }
    const node = this.#evaluate(name);
    if (node === null) return null;
    budget.spend(countNodes(node));
    return arriveVia(node, mention);
  }

  #evaluate(name: string): SpecNode | null {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { variables, point } = this.#values;
    const variable = variables.all.get(name);
    let node: SpecNode | null = null;
    if (variable !== undefined && !variable.broken) {
      const authored = variable.points === null ? variable.value : variable.points[point.get(name) ?? -1];
      node = authored === undefined ? null : this.value(authored, false);
    }
    this.#known.set(name, node);
    return node;
  }

  #textOf(name: string, mention: Origin): string | null {
    const node = this.#variable(name, mention);
    if (node === null || (node.kind === 'scalar' && node.unresolved === true)) return null;
    if (node.kind === 'scalar' && ['string', 'number', 'boolean'].includes(typeof node.value))
      return String(node.value);
    const kind = node.kind === 'scalar' ? String(node.value) : `a ${node.kind}`;
    const message = `text takes text, numbers, true and false; variable "${name}" is ${kind}.`;
    this.#values.problems.push({ message, origin: mention });
    return null;
  }
}
