import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  buildGraph,
  type Graph,
  type GraphNode,
  inspectGraph,
  type MatchedWidths,
  matchWidths,
  type UnmatchedWidths,
  type WidthBudget,
  widthGroups,
} from '../src/schema/index.ts';

const numRuns = import.meta.env.MODE === 'deep' ? 10_000 : 120;

const width = fc.integer({ min: 1, max: 96 });
const size = fc.constantFrom(1, 3, 5);
const batchNorm = fc.boolean();

const conv = fc.record({ filters: width, kernelSize: size, scale: fc.constantFrom(true, true, true, false) });
const sameConv = conv.map((args) => ({ conv2d: { ...args, padding: 'same', activation: 'relu' } }));

/** A block whose shapes fit whatever comes before it, or after a convolution of `filters`. */
const block = fc.oneof(
  sameConv.map((layer) => [layer]),
  fc.tuple(sameConv, sameConv).map(([one, other]) => [{ parallel: { branches: [[one], [other]] } }]),
  fc.tuple(sameConv, width, size).map(([inner, filters, kernelSize]) => {
    const outer = { conv2d: { filters, kernelSize, padding: 'same' } };
    return [outer, { residual: { main: [inner, outer, 'batchNormalization'], activation: 'relu' } }];
  }),
  fc.tuple(sameConv, width).map(([inner, filters]) => {
    const last = { conv2d: { filters, kernelSize: 1 } };
    return [{ residual: { main: [inner, last], shortcut: [last, 'batchNormalization'] } }];
  }),
  fc.tuple(width, size).map(([filters, kernelSize]) => {
    const one = { conv2d: { filters, kernelSize, padding: 'same' } };
    const other = { separableConv2d: { filters, kernelSize: 3, padding: 'same' } };
    return [{ parallel: { branches: [[one], [other]], merge: 'add' } }];
  }),
  fc.constant([{ depthwiseConv2d: { kernelSize: 3, padding: 'same', depthMultiplier: 2 } }]),
  fc.constant([{ averagePooling2d: { poolSize: 2, padding: 'same' } }]),
  // A concatenation and one layer added: both keep their widths.
  fc.tuple(width, width).map(([one, other]) => {
    const branch = (filters: number) => [{ conv2d: { filters, kernelSize: 1 } }];
    return [{ parallel: { branches: [branch(one), branch(other)] } }, { residual: { main: branch(one + other) } }];
  }),
  fc.constant([{ residual: { main: ['batchNormalization'] } }]),
  // Behind a convolution that no padded shortcut has more channels than.
  fc
    .record({
      kind: fc.constantFrom('basic', 'preActivation', 'bottleneck', 'preActivationBottleneck'),
      shortcut: fc.constantFrom('padded', 'projected', 'none'),
      filters: fc.integer({ min: 6, max: 24 }).map((quarter) => 4 * quarter),
      strides: fc.constantFrom(1, 2),
      attention: fc.constantFrom('none', 'squeezeExcitation'),
    })
    .map((residual) => [
      { conv2d: { filters: 24, kernelSize: 1 } },
      { residual },
      { residual: { ...residual, strides: 1 } },
    ]),
  fc
    .record({ filters: width, strides: fc.constantFrom(1, 2), expansion: fc.constantFrom(1, 2, 6) })
    .map((invertedResidual) => [{ invertedResidual }, { invertedResidual: { ...invertedResidual, strides: 1 } }]),
);

const inline = fc.tuple(fc.array(block, { minLength: 1, maxLength: 4 }), fc.boolean()).map(([blocks, average]) => ({
  layers: [...blocks.flat(), average ? 'globalAveragePooling2d' : 'flatten', { dense: { units: 10 } }],
}));
const namedNetworks = [
  'lenet-5',
  'vgg-11',
  'resnet-20',
  'plain-20',
  'se-resnet-20',
  'pre-resnet-20',
  'wide-resnet-16-4',
  'resnet-18',
  'resnet-50',
  'mobilenet-v1',
  'mobilenet-v2',
];
const widths = fc.array(width, { minLength: 1, maxLength: 3 });
const architecture = fc.oneof(
  fc.record({
    name: fc.constant('mlp'),
    units: fc.array(fc.integer({ min: 1, max: 512 }), { minLength: 1, maxLength: 4 }),
    batchNorm,
  }),
  fc.record({ name: fc.constant('simple-cnn'), filters: widths, kernelSize: size }),
  fc.record({ name: fc.constant('residual-cnn'), filters: widths, kernelSize: size }),
  fc.array(fc.tuple(width, size), { minLength: 1, maxLength: 5 }).chain((layers) =>
    fc.record({
      name: fc.constant('plain-cnn'),
      filters: fc.constant(layers.map(([filters]) => filters)),
      kernelSizes: fc.constant(layers.map(([, kernelSize]) => kernelSize)),
      batchNorm,
    }),
  ),
  fc.constantFrom(...namedNetworks).map((name) => ({ name })),
  { arbitrary: inline, weight: 4 },
);
const network = fc
  .record({ architecture, inputShape: fc.constantFrom([28, 28, 1], [32, 32, 3], [16, 16, 2]) })
  .map(({ architecture: written, inputShape }) => buildGraph(written, { inputShape, classes: 10 }).graph as Graph);
const budget = fc
  .record({
    // From far too little to thirty million, evenly in the exponent.
    amount: fc.noBias(fc.integer({ min: 20, max: 75 })).map((tenths) => Math.round(10 ** (tenths / 10))),
    measure: fc.constantFrom('parameters' as const, 'parameters' as const, 'macs' as const),
    tolerance: fc.constantFrom(0.005, 0.02, 0.1),
  })
  .map(({ amount, measure, tolerance }) =>
    measure === 'macs' ? { macs: amount * 20, tolerance } : { parameters: amount, tolerance },
  );

test(`${numRuns} random networks and budgets: within the tolerance, or refused with a nearest that is outside`, {
  timeout: 600_000,
}, () => {
  const outcomes = { matched: 0, refused: 0 };
  fc.assert(
    fc.property(network, budget, (graph, wanted) => {
      const found = matchWidths(graph, wanted);
      outcomes[found.graph === null ? 'refused' : 'matched'] += 1;
      expect(matchWidths(structuredClone(graph), wanted)).toEqual(found);
      expect(found.graph === null ? wrongRefusal(graph, found, wanted) : wrongMatch(graph, found, wanted)).toBeNull();
    }),
    { numRuns, seed: 3 },
  );
  // Small budgets are below the least network, or between its steps; most are met.
  expect(outcomes.matched).toBeGreaterThan(outcomes.refused);
});

/** What is wrong with a match, or null: the cost, what else it changed, widths apart that must move together. */
function wrongMatch(before: Graph, matched: MatchedWidths, wanted: WidthBudget): string | null {
  const { graph, reached, multiplier, changed } = matched;
  if (reached !== costOf(graph, wanted)) return `says ${reached}, costs ${costOf(graph, wanted)}`;
  if (isFar(reached, wanted)) return `${reached} is not within the tolerance`;
  const again = matchWidths(graph, wanted);
  if (again.graph !== graph) return 'matching what is matched changes it';
  if (inspectGraph(graph).at(-1)?.outputShape.join('×') !== '10') return 'the logits changed';
  const widthsTo = new Map(changed.map(({ id, to }) => [id, to]));
  if (JSON.stringify(withWidths(before, widthsTo)) !== JSON.stringify(graph)) return 'more changed than it says';
  const groups = widthGroups(before);
  const free = new Set(groups.flatMap(({ ids }) => ids));
  const apart = groups.find(({ ids }) => new Set(ids.map((id) => widthsTo.get(id))).size > 1);
  if (apart !== undefined) return `tied layers ${apart.ids.join(', ')} moved apart`;
  for (const { id, from, to } of changed) {
    const node = before.nodes.find((other) => other.id === id);
    if (!free.has(id) || node?.scale === false || id === before.output) return `${id} must keep its width`;
    if (node?.args[widthName(node)] !== from) return `${id} was not ${from} wide`;
    if (Math.abs(to - Math.max(1, from * multiplier)) > 2.5 + 1e-9) return `${id}: ${from} → ${to} at ×${multiplier}`;
  }
  return null;
}

/** What is wrong with a refusal, or null. With one width to choose, all widths are tried; costs rise with them. */
function wrongRefusal(graph: Graph, { nearest, reason }: UnmatchedWidths, wanted: WidthBudget): string | null {
  if (!isFar(nearest, wanted)) return `refused with ${nearest}, which is within the tolerance`;
  if (!isFar(costOf(graph, wanted), wanted)) return 'refused, although it is within the tolerance as it is';
  if (reason.includes('do not fit')) return reason;
  const [group, ...others] = widthGroups(graph);
  if (group === undefined || others.length > 0) return null;
  for (let value = 1; ; value++) {
    const cost = costOf(withWidths(graph, new Map(group.ids.map((id) => [id, value]))), wanted);
    if (!isFar(cost, wanted)) return `refused, although a width of ${value} costs ${cost}`;
    if (cost > (wanted.parameters ?? wanted.macs) * 2) return null;
  }
}

function isFar(cost: number, { parameters, macs, tolerance = 0.02 }: WidthBudget): boolean {
  const target = parameters ?? macs;
  return Math.abs(cost - target) > tolerance * target;
}

function costOf(graph: Graph, { macs: wanted }: WidthBudget): number {
  return inspectGraph(graph).reduce(
    (sum, { parameters, macs }) => sum + (wanted === undefined ? parameters.trainable : macs),
    0,
  );
}

function withWidths(graph: Graph, widthsTo: ReadonlyMap<string, number>): Graph {
  const nodes = graph.nodes.map((node) => {
    const value = widthsTo.get(node.id);
    return value === undefined ? node : { ...node, args: { ...node.args, [widthName(node)]: value } };
  });
  return { ...graph, nodes };
}

function widthName({ args }: GraphNode): string {
  return ['units', 'channels'].find((name) => name in args) ?? 'filters';
}
