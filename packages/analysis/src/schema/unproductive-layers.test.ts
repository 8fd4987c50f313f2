import { buildGraph, type Graph } from '@ablate/architectures/schema';
import { expect, test } from 'vitest';
import { networkOfGraph } from './network.ts';
import { unproductiveLayers } from './unproductive-layers.ts';

const conv = (kernelSize: number | number[], more = {}) => ({
  conv2d: { filters: 2, kernelSize, padding: 'same', ...more },
});

test('convolutions whose input sees more than the image, the border layer first; 1×1 and pooling are not', () => {
  // Inputs of the convolutions see 1, 3, 5, 7, 9 pixels of 6.
  const layers = [conv(3), conv(3), conv(3), conv(3), conv(1), { maxPooling2d: { poolSize: 2, strides: 1 } }, conv(3)];
  expect(unproductive(layers, [6, 6, 1])).toEqual([
    { id: 'conv2d_4', inputSees: [7, 7] },
    { id: 'conv2d_6', inputSees: [10, 10] },
  ]);
});

test('an input that sees exactly the image still gains', () => {
  expect(unproductive([conv(7), conv(3)], [7, 7, 1])).toEqual([]);
});

test('both axes must see more', () => {
  expect(unproductive([conv([9, 3]), conv(3)], [7, 7, 1])).toEqual([]);
});

test('the path that sees least counts: a shortcut keeps the layers behind it productive', () => {
  const block = { residual: { main: [conv(5), conv(5)] } };
  expect(unproductive([conv(3), block, conv(3)], [8, 8, 1])).toEqual([]);
  expect(unproductive([conv(3), conv(5), conv(5), conv(3)], [8, 8, 1]).map(({ id }) => id)).toEqual(['conv2d_4']);
});

function unproductive(layers: unknown[], inputShape: number[]) {
  const architecture = { layers: [...layers, 'flatten', { dense: { units: 2 } }] };
  const { graph, problems } = buildGraph(architecture, { inputShape, classes: 2 });
  expect(problems).toEqual([]);
  return unproductiveLayers(networkOfGraph(graph as Graph));
}
