import type { Graph } from '@ablate/architectures/schema';
import { canonicalJson } from '../plan/canonical-json.ts';
import type { Origin } from './origin.ts';
import { formatPlace, type SpecProblem } from './problem.ts';

/** What is compared of a variant. */
export interface Comparable {
  name: string;
  graph: Graph;
  training: unknown;
  /** How its training images are varied. */
  augment: unknown;
  /** Where its name is written. */
  origin: Origin;
}

/** Reports each variant that builds the same network as one before it, and trains it in the same way. */
export function checkTwins(variants: readonly Comparable[], problems: SpecProblem[]): void {
  const seen = new Map<string, Comparable>();
  for (const variant of variants) {
    const key = canonicalJson({
      graph: anonymous(variant.graph),
      training: variant.training,
      augment: variant.augment,
    });
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, variant);
      continue;
    }
    const message = `variants "${first.name}" (${formatPlace(first.origin)}) and "${variant.name}" are twins: they build the same network and train it in the same way, so that comparing them shows nothing but noise. Change one, or remove it.`;
    problems.push({ message, origin: variant.origin });
  }
}

/** A graph without what only names its parts: ids become positions, origins go. */
function anonymous({ inputShape, nodes, output }: Graph): unknown {
  const positions = new Map(nodes.map(({ id }, index) => [id, index]));
  const position = (id: string) => positions.get(id) ?? id;
  return {
    inputShape,
    nodes: nodes.map(({ layer, args, inputs }) => {
      const { name: _, ...rest } = args;
      return { layer, args: spelledOut(rest), inputs: inputs.map(position) };
    }),
    output: position(output),
  };
}

const PAIRS = ['kernelSize', 'strides', 'poolSize', 'dilationRate', 'padding'];

/** Arguments that may be written in two ways, in one of them: 3 is [3, 3], no activation is linear. */
function spelledOut(args: Record<string, unknown>): Record<string, unknown> {
  const same = { ...args };
  if (same['activation'] === null) same['activation'] = 'linear';
  if (same['strides'] === null) same['strides'] = same['poolSize'];
  for (const key of PAIRS) if (typeof same[key] === 'number') same[key] = [same[key], same[key]];
  return same;
}
