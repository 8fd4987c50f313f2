import { ShapeError } from '@ablate/layers/schema';
import type { Graph } from './graph.ts';
import { inspectGraph } from './inspect.ts';
import { type WidthGroup, widthArgument, widthGroups } from './width-groups.ts';

/** What a network may cost: trainable parameters, or multiply-accumulates of one example. */
export type WidthBudget = ({ parameters: number; macs?: undefined } | { parameters?: undefined; macs: number }) & {
  /** How far from it the network may end, as a share of it, in [0, 1). Default 0.02. */
  tolerance?: number;
};

/** A network whose widths meet a budget. */
export interface MatchedWidths {
  graph: Graph;
  /** What the network costs now. */
  reached: number;
  target: number;
  /** What all free widths were multiplied by, before single ones were changed by one or two; 1 if none changed. */
  multiplier: number;
  /** Layers whose width changed, in the graph's order. */
  changed: { id: string; from: number; to: number }[];
}

/** Why no widths meet a budget. */
export interface UnmatchedWidths {
  graph: null;
  /** The cost nearest to the budget that was found. */
  nearest: number;
  target: number;
  /** A clause that goes on from "can't be matched": `every width that may change is at 1 already`. */
  reason: string;
}

/** Tells multipliers apart at which different widths are rounded up, also where thousands of units are wide. */
const HALVINGS = 64;
/** Farthest that one width is moved from the common multiplier. */
const REACH = 2;
/** The cost of widths that do not fit together. */
const MISFIT = Number.POSITIVE_INFINITY;
/** In the last resort all moves of this many groups, the deepest, are tried together. */
const JOINT_GROUPS = 4;

/**
 * Changes the widths (`filters`, `units`) of a network so that it costs what the budget says, within the tolerance.
 *
 * One multiplier is sought for all widths but those that {@link widthGroups} leaves out: of the output, of layers
 * marked `scale: false`, and those tied to either or to the input by sums. Widths tied to each other move together; none
 * falls below 1. What rounding leaves is closed by moving single widths by 1 or 2, the deepest first, until the cost is
 * within half the tolerance, so that any two matched networks lie within the tolerance of each other. A network that
 * is within the tolerance as it is stays as it is. The same input gives the same result, whatever the machine.
 *
 * @throws Error if the budget is not one positive number, or the tolerance not in [0, 1).
 */
export function matchWidths(graph: Graph, budget: WidthBudget): MatchedWidths | UnmatchedWidths {
  const { tolerance = 0.02 } = budget;
  const target = budget.parameters ?? budget.macs;
  if (target === undefined || (budget.parameters !== undefined && budget.macs !== undefined) || !(target > 0)) {
    throw new Error(`matchWidths: the budget must be one positive number; received ${JSON.stringify(budget)}.`);
  }
  if (!(tolerance >= 0 && tolerance < 1)) {
    throw new Error(`matchWidths: tolerance must be in [0, 1); received ${tolerance}.`);
  }
  const measure = budget.macs === undefined ? 'parameters' : 'macs';
  const groups = widthGroups(graph);
  const search = new WidthSearch(graph, groups, measure, target, tolerance);
  return search.run();
}

class WidthSearch {
  readonly asWritten: number;
  readonly #graph: Graph;
  /** By widths: most multipliers that are tried come to the same whole numbers. */
  readonly #costs = new Map<string, number>();
  readonly #groups: readonly WidthGroup[];
  readonly #measure: 'parameters' | 'macs';
  readonly #target: number;
  readonly #tolerance: number;

  constructor(
    graph: Graph,
    groups: readonly WidthGroup[],
    measure: 'parameters' | 'macs',
    target: number,
    tolerance: number,
  ) {
    this.#graph = graph;
    this.#groups = groups;
    this.#measure = measure;
    this.#target = target;
    this.#tolerance = tolerance;
    this.asWritten = cost(graph, measure);
  }

  run(): MatchedWidths | UnmatchedWidths {
    const target = this.#target;
    if (this.#gap(this.asWritten) <= this.#tolerance * target) {
      return { graph: this.#graph, reached: this.asWritten, target, multiplier: 1, changed: [] };
    }
    if (this.#groups.length === 0) {
      return { graph: null, nearest: this.asWritten, target, reason: 'it has no width that may change' };
    }
    const least = this.#cost(this.#groups.map(() => 1));
    if (least === MISFIT) {
      const reason = 'its layers do not fit when every width that may change is 1';
      return { graph: null, nearest: this.asWritten, target, reason };
    }
    if (least >= target && this.#gap(least) > this.#tolerance * target) {
      const reason = 'every width that may change is 1 there';
      return { graph: null, nearest: least, target, reason };
    }
    const candidates = this.#multipliers().map((multiplier) => {
      const widths = this.#close(multiplier);
      const start = this.#scaled(multiplier);
      const moved = widths.reduce((sum, width, index) => sum + Math.abs(width - (start[index] ?? width)), 0);
      return { multiplier, widths, reached: this.#cost(widths), moved };
    });
    // Within half the tolerance, the one that is closer to the written proportions.
    const rank = (reached: number) => Math.max(this.#gap(reached), this.#aim);
    const [best] = candidates.sort((a, b) => rank(a.reached) - rank(b.reached) || a.moved - b.moved);
    if (best === undefined) throw new Error('internal: matchWidths: no multiplier was tried.');
    const { multiplier, widths, reached } = best;
    if (this.#gap(reached) > this.#tolerance * target) {
      const reason = 'widths are whole numbers, and moving single ones by 1 or 2 comes no nearer';
      return { graph: null, nearest: reached, target, reason };
    }
    return { graph: this.#withWidths(widths), reached, target, multiplier, changed: this.#changes(widths) };
  }

  /** The neighbouring multipliers on either side of the target, the nearer first: cost never falls with them. */
  #multipliers(): number[] {
    let [low, high] = [0, 1];
    while (this.#cost(this.#scaled(high)) < this.#target) [low, high] = [high, high * 2];
    for (let halving = 0; halving < HALVINGS; halving++) {
      const middle = (low + high) / 2;
      if (this.#cost(this.#scaled(middle)) < this.#target) low = middle;
      else high = middle;
    }
    const gap = (multiplier: number) => this.#gap(this.#cost(this.#scaled(multiplier)));
    return [low, high].sort((a, b) => gap(a) - gap(b));
  }

  #scaled(multiplier: number): number[] {
    return this.#groups.map(({ width }) => Math.max(1, Math.round(width * multiplier)));
  }

  /** The multiplied widths with single ones moved, the deepest first, as long as that brings the cost nearer. */
  #close(multiplier: number): number[] {
    const start = this.#scaled(multiplier);
    let widths = start;
    const deepestFirst = start.map((_, index) => start.length - 1 - index);
    for (let before: number[] | null = null; before !== widths; ) {
      before = widths;
      for (const index of deepestFirst) {
        if (this.#gap(this.#cost(widths)) <= this.#aim) return widths;
        widths = this.#nearest([widths, ...moves(widths, start, index)]);
      }
    }
    if (this.#gap(this.#cost(widths)) <= this.#tolerance * this.#target) return widths;
    const joint = deepestFirst
      .slice(0, JOINT_GROUPS)
      .reduce((all, index) => all.flatMap((some) => [some, ...moves(some, start, index)]), [start]);
    return this.#nearest([widths, ...joint]);
  }

  /** The first of those whose cost is nearest to the target. */
  #nearest(candidates: readonly number[][]): number[] {
    let [best = []] = candidates;
    let least = this.#gap(this.#cost(best));
    for (const candidate of candidates.slice(1)) {
      const gap = this.#gap(this.#cost(candidate));
      if (gap < least) [best, least] = [candidate, gap];
    }
    return best;
  }

  /** How near to the target is near enough to stop. */
  get #aim(): number {
    return (this.#tolerance / 2) * this.#target;
  }

  #gap(reached: number): number {
    return Math.abs(reached - this.#target);
  }

  #cost(widths: readonly number[]): number {
    const key = widths.join();
    const known = this.#costs.get(key);
    if (known !== undefined) return known;
    const found = costOrMisfit(this.#withWidths(widths), this.#measure);
    this.#costs.set(key, found);
    return found;
  }

  #withWidths(widths: readonly number[]): Graph {
    const byId = new Map(this.#groups.flatMap(({ ids }, index) => ids.map((id) => [id, widths[index]] as const)));
    const nodes = this.#graph.nodes.map((node) => {
      const width = byId.get(node.id);
      const argument = widthArgument(node);
      return width === undefined || argument === null ? node : { ...node, args: { ...node.args, [argument]: width } };
    });
    return { ...this.#graph, nodes };
  }

  #changes(widths: readonly number[]): MatchedWidths['changed'] {
    const order = new Map(this.#graph.nodes.map(({ id }, index) => [id, index]));
    return this.#groups
      .flatMap(({ ids, width: from }, index) => ids.map((id) => ({ id, from, to: widths[index] ?? from })))
      .filter(({ from, to }) => from !== to)
      .sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
  }
}

/** The widths with one group's moved within {@link REACH} of where the multiplier put it, the smallest moves first. */
function moves(widths: readonly number[], start: readonly number[], index: number): number[][] {
  const center = start[index] ?? 1;
  return [0, 1, -1, REACH, -REACH]
    .map((step) => center + step)
    .filter((width) => width >= 1 && width !== widths[index])
    .map((width) => widths.map((other, place) => (place === index ? width : other)));
}

/** What single widths moved out of step can give: fewer channels than a shortcut has to pad. Never the nearest. */
function costOrMisfit(graph: Graph, measure: 'parameters' | 'macs'): number {
  try {
    return cost(graph, measure);
  } catch (error) {
    if (error instanceof ShapeError) return MISFIT;
    throw error;
  }
}

function cost(graph: Graph, measure: 'parameters' | 'macs'): number {
  return inspectGraph(graph).reduce(
    (sum, { parameters, macs }) => sum + (measure === 'macs' ? macs : parameters.trainable),
    0,
  );
}
