import { buildGraph, type Graph } from '@ablate/architectures/schema';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkOfGraph } from './network.ts';
import { networkReceptiveFields, type ReceptiveField, receptiveFields } from './receptive-field.ts';

const conv = (kernelSize: number, more = {}) => ({ conv2d: { filters: 2, kernelSize, padding: 'same', ...more } });
const pool = (poolSize: number, strides: number) => ({ maxPooling2d: { poolSize, strides } });

/** r = 1 + Σ (k − 1) Π s, worked out by hand. */
test.each([
  [
    [3, 3, 3],
    [3, 5, 6, 10],
  ],
  [
    [5, 5, 5],
    [5, 9, 10, 18],
  ],
  [
    [7, 7, 7],
    [7, 13, 14, 26],
  ],
  [
    [1, 3, 5],
    [1, 3, 4, 12],
  ],
] as const)('conv, conv, pool, conv with kernels %j see %j pixels', ([k1, k2, k3], sizes) => {
  const graph = graphOf([conv(k1), conv(k2), { maxPooling2d: { poolSize: 2 } }, conv(k3)]);
  expect(rows(graph).map(([size]) => size)).toEqual(sizes);
});

/** Size, stride and padding as Araujo, Norris and Sim 2019 print them (their table for 224×224 inputs). */
describe('published networks', () => {
  test('vgg_16', () => {
    const stage = (convolutions: number) => [...Array.from({ length: convolutions }, () => conv(3)), pool(2, 2)];
    const graph = graphOf([2, 2, 3, 3, 3].flatMap(stage), 224);
    const found = rows(graph);
    expect(found[0]).toEqual([3, 1, 1]);
    expect(found[2]).toEqual([6, 2, 2]);
    expect(found[5]).toEqual([16, 4, 6]);
    expect(found[6]).toEqual([24, 4, 10]);
    expect(found[9]).toEqual([44, 8, 18]);
    expect(found[13]).toEqual([100, 16, 42]);
    expect(found[14]).toEqual([132, 16, 58]);
    expect(found[17]).toEqual([212, 32, 90]);
  });

  test('alexnet_v2', () => {
    const first = conv(11, { strides: 4, padding: 'valid' });
    const graph = graphOf([first, pool(3, 2), conv(5), pool(3, 2), conv(3), conv(3), conv(3), pool(3, 2)], 224);
    expect(rows(graph)).toEqual([
      [11, 4, 0],
      [19, 8, 0],
      [51, 8, 16],
      [67, 16, 16],
      [99, 16, 32],
      [131, 16, 48],
      [163, 16, 64],
      [195, 32, 64],
    ]);
  });

  /** He et al. 2015, §4.2, sizes in closed form: stages of n blocks of two 3×3, the second and third stage halving. */
  test.each([
    [20, 81],
    [32, 137],
    [56, 249],
    [110, 501],
  ])('CIFAR ResNet-%d sees %d pixels, over its largest paths', (depth, size) => {
    const block = (strides: number) => ({
      residual: {
        main: [conv(3, { strides }), conv(3)],
        ...(strides === 1 ? {} : { shortcut: [conv(1, { strides })] }),
      },
    });
    const blocks = (depth - 2) / 6;
    const stage = (strides: number) => Array.from({ length: blocks }, (_, index) => block(index === 0 ? strides : 1));
    const graph = graphOf([conv(3), ...stage(1), ...stage(2), ...stage(2)], 32);
    expect(rows(graph).at(-1)?.[0]).toBe(size);
  });
});

/** Stages of bottlenecks, in [units, stride of the unit that halves]. */
describe('ResNet-50 on 224 pixels', () => {
  const padded = (padding: number, layer: unknown) => [{ zeroPadding2d: { padding } }, layer];
  const middle = (strides: number) => padded(1, conv(3, { strides, padding: 'valid' }));
  const unit = (strides: number) => ({
    residual: { main: [conv(1), ...middle(strides), conv(1)], shortcut: [conv(1, { strides })] },
  });
  const stem = [
    ...padded(3, conv(7, { strides: 2, padding: 'valid' })),
    { maxPooling2d: { poolSize: 3, strides: 2, padding: 'same' } },
  ];

  test('resnet_v1_50 halves in the last unit of a block: its four blocks as Araujo et al. print them', () => {
    const block = (units: number, last: number) =>
      Array.from({ length: units }, (_, i) => unit(i === units - 1 ? last : 1));
    const depths = [
      [3, 2],
      [4, 2],
      [6, 2],
      [3, 1],
    ] as const;
    const ends = depths.map((_, block_) => depths.slice(0, block_ + 1).flatMap(([units, last]) => block(units, last)));
    expect(ends.map((units) => rows(graphOf([...stem, ...units], 224)).at(-1))).toEqual([
      [35, 8, 15],
      [99, 16, 47],
      [291, 32, 143],
      [483, 32, 239],
    ]);
  });

  test('with the stride in the 3×3 of the first unit, it sees 427 pixels', () => {
    const block = (units: number, first: number) => Array.from({ length: units }, (_, i) => unit(i === 0 ? first : 1));
    const graph = graphOf([...stem, ...block(3, 1), ...block(4, 2), ...block(6, 2), ...block(3, 2)], 224);
    expect(rows(graph).at(-1)?.[0]).toBe(427);
  });
});

test('paths that are not centred alike are said to be misaligned, from where they meet on', () => {
  const block = (shortcut: unknown[]) =>
    graphOf([{ residual: { main: [conv(3, { strides: 2 })], shortcut } }, conv(3)], 32);
  const misaligned = (graph: Graph) =>
    [...receptiveFields(graph)].flatMap(([id, field]) =>
      (field.kind === 'window' ? field : field.before).misaligned ? [id] : [],
    );
  // 3×3 with stride 2 and `same` on 32 pixels pads the end alone: its first window is centred at pixel 1.
  expect(misaligned(block([conv(1, { strides: 2 })]))).toEqual(['residual_1/add', 'conv2d_1', 'flatten_1', 'dense_1']);
  expect(misaligned(block([conv(5, { strides: 2 })]))).toEqual([]);
});

test('behind a layer that sees everything at once all is seen, and the value without it still grows', () => {
  const { inputShape, nodes } = networkOfGraph(graphOf([conv(3), conv(1), conv(3, { strides: 2 })], 31));
  const gated = nodes.map((node) => (node.id === 'conv2d_2' ? { ...node, view: { kind: 'global' as const } } : node));
  const before = { size: [5, 5], stride: [2, 2], padding: [2, 2], centre: [0, 0] };
  expect(networkReceptiveFields({ inputShape, nodes: gated }).get('conv2d_3')).toEqual({ kind: 'global', before });
});

test('from a layer on that is not known, so is what is seen', () => {
  const { inputShape, nodes } = networkOfGraph(graphOf([conv(3), conv(3), conv(3)]));
  const network = { inputShape, nodes: nodes.map((node) => (node.id === 'conv2d_2' ? { ...node, view: null } : node)) };
  expect([...networkReceptiveFields(network).values()].map(({ kind }) => kind)).toEqual([
    'window',
    'unknown',
    'unknown',
    'unknown',
    'unknown',
  ]);
});

test('height and width are followed apart, and dilation widens a window', () => {
  const graph = graphOf([
    { conv2d: { filters: 2, kernelSize: [3, 1], strides: [2, 1] } },
    { conv2d: { filters: 2, kernelSize: 3, dilationRate: [2, 3] } },
  ]);
  expect([...receptiveFields(graph).values()].slice(0, 2)).toEqual([
    { kind: 'window', size: [3, 1], stride: [2, 1], padding: [0, 0], centre: [1, 0] },
    { kind: 'window', size: [11, 7], stride: [2, 1], padding: [0, 0], centre: [5, 3] },
  ]);
});

test('a dense layer and global pooling see everything; the value before them stays', () => {
  const fields = receptiveFields(graphOf([conv(3), conv(3), 'globalAveragePooling2d']));
  const before = { size: [5, 5], stride: [1, 1], padding: [2, 2], centre: [0, 0] };
  expect(fields.get('globalAveragePooling2d_1')).toEqual({ kind: 'global', before });
  expect(fields.get('dense_1')).toEqual({ kind: 'global', before });
});

test('a join of branches holds what each of them sees', () => {
  const branches = [
    [conv(1)],
    [conv(5)],
    [
      {
        zeroPadding2d: {
          padding: [
            [0, 1],
            [0, 0],
          ],
        },
      },
      conv(3),
      conv(1, { padding: 'valid', kernelSize: [2, 1] }),
    ],
  ];
  const fields = receptiveFields(graphOf([{ parallel: { branches } }]));
  expect(fields.get('parallel_1/concat')).toEqual({
    kind: 'window',
    size: [5, 5],
    stride: [1, 1],
    padding: [2, 2],
    centre: [0, 0],
    misaligned: true,
  });
});

test('equals what is found by following every index back, for any chain of layers', () => {
  const layer = fc.record({
    kernel: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 3 }),
    padding: fc.constantFrom('same', 'valid'),
  });
  // Four layers of stride 3 and kernel 5 leave pixels of it.
  const extent = 997;
  fc.assert(
    fc.property(fc.array(layer, { minLength: 1, maxLength: 4 }), (chain) => {
      const layers = chain.map(({ kernel, stride, padding }) => conv(kernel, { strides: stride, padding }));
      const [size, stride, padding] = rows(graphOf(layers, extent)).at(-1) ?? [];
      for (const index of [0, 1]) {
        const seen = seenBy(index, chain, extent);
        expect(seen).toEqual([
          index * (stride ?? 0) - (padding ?? 0),
          index * (stride ?? 0) - (padding ?? 0) + (size ?? 0) - 1,
        ]);
      }
    }),
    { seed: 7, numRuns: import.meta.env.MODE === 'deep' ? 2000 : 100 },
  );
});

/** First and last input index (padding included) of an output index, layer by layer from the end. */
function seenBy(
  index: number,
  chain: readonly { kernel: number; stride: number; padding: string }[],
  extent: number,
): [number, number] {
  const extents = [extent];
  for (const { kernel, stride, padding } of chain) {
    const input = extents.at(-1) ?? 0;
    extents.push(padding === 'same' ? Math.ceil(input / stride) : Math.ceil((input - kernel + 1) / stride));
  }
  let [first, last] = [index, index];
  for (const [place, { kernel, stride, padding }] of [...chain.entries()].reverse()) {
    const missing = ((extents[place + 1] ?? 0) - 1) * stride + kernel - (extents[place] ?? 0);
    const before = padding === 'same' ? Math.floor(Math.max(0, missing) / 2) : 0;
    first = first * stride - before;
    last = last * stride - before + kernel - 1;
  }
  return [first, last];
}

function graphOf(layers: unknown[], extent = 56): Graph {
  const flat = layers.at(-1) === 'globalAveragePooling2d' ? [] : ['flatten'];
  const architecture = { layers: [...layers, ...flat, { dense: { units: 2 } }] };
  const { graph, problems } = buildGraph(architecture, { inputShape: [extent, extent, 1], classes: 2 });
  expect(problems).toEqual([]);
  return graph as Graph;
}

/** [size, stride, padding] of the nodes that see square windows, flatten left out. */
function rows(graph: Graph): [number, number, number][] {
  const fields = receptiveFields(graph);
  return graph.nodes.filter(({ layer }) => layer !== 'flatten').flatMap(({ id }) => square(fields.get(id)));
}

function square(field: ReceptiveField | undefined): [number, number, number][] {
  if (field?.kind !== 'window') return [];
  expect([field.size[0], field.stride[0], field.padding[0]]).toEqual([
    field.size[1],
    field.stride[1],
    field.padding[1],
  ]);
  return [[field.size[0], field.stride[0], field.padding[0]]];
}
