import { toLayersModel } from '@ablate/architectures';
import { buildGraph } from '@ablate/architectures/schema';
import { startBackend } from '@ablate/tensor-backends';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, test } from 'vitest';
import { figure } from './figures.ts';
import { networkOfModel } from '../src/index.ts';
import { networkOfGraph, summarizeNetwork } from '../src/schema/index.ts';

/*
 * MACs as the descriptors count them, against the shapes that the kernels were given in one prediction of one example.
 */
beforeAll(async () => {
  await startBackend('wasm');
});

test.each([
  // 28·28·9·32 + 14·14·(9·32)·64 + 3136·10
  [{ name: 'simple-cnn' }, 225792 + 3612672 + 31360],
  // 28·28·(1 + 9)·64 + 28·28·(9·64)·64 + 12544·10
  [{ name: 'residual-cnn' }, 501760 + 28901376 + 125440],
  [{ name: 'mobilenet-v2', widthMultiplier: 0.25 }, null],
  [{ name: 'se-resnet-20', widthMultiplier: 0.5 }, null],
  [
    {
      layers: [
        { separableConv2d: { filters: 4, kernelSize: 3, depthMultiplier: 2 } },
        'flatten',
        { dense: { units: 10 } },
      ],
    },
    null,
  ],
])('the kernels of %j do the products that are counted', async (architecture, byHand) => {
  const { graph } = buildGraph(architecture, { inputShape: [28, 28, 1], classes: 10 });
  if (graph === null) throw new Error('not built');
  const model = toLayersModel(graph, { seed: 1 });
  const counted = summarizeNetwork(networkOfGraph(graph)).totals.macs;
  const profiled = await profiledMacs(model, graph.inputShape);
  model.dispose();
  figure(`${JSON.stringify(architecture)}: ${counted} MACs counted, ${profiled} asked of the kernels`);
  expect(profiled).toBe(counted);
  expect(byHand ?? counted).toBe(counted);
});

test('of a network of plain tfjs as well', async () => {
  const model = sequential({
    layers: [
      layers.conv2d({ inputShape: [9, 7, 3], filters: 5, kernelSize: [3, 2], strides: 2 }),
      layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
      layers.batchNormalization(),
      layers.flatten(),
      layers.dense({ units: 4, activation: 'softmax' }),
    ],
  });
  const { totals, unknown } = summarizeNetwork(networkOfModel(model));
  expect(unknown).toEqual([]);
  // 4·3·(3·2·3)·5 + 4·3·9·10 + 120·4
  expect(totals.macs).toBe(1080 + 1080 + 480);
  expect(await profiledMacs(model, [9, 7, 3])).toBe(totals.macs);
  model.dispose();
});

async function profiledMacs(model: LayersModel, inputShape: readonly number[]): Promise<number> {
  const input = tf.ones([1, ...inputShape]);
  const { kernels } = await tf.profile(() => model.predictOnBatch(input));
  input.dispose();
  return kernels.reduce((sum, { name, inputShapes, outputShapes }) => {
    const [a = [], b = []] = inputShapes.map((shape) => shape ?? []);
    return sum + macsOf(name, a, b, outputShapes[0] ?? []);
  }, 0);
}

/** Products of a kernel with its two first inputs and its output; each kernel that multiplies nothing is named. */
function macsOf(kernel: string, a: readonly number[], b: readonly number[], output: readonly number[]): number {
  if (kernel === 'Conv2D' || kernel === 'FusedConv2D') return (elements(output) * elements(b)) / (b[3] ?? Number.NaN);
  if (/^(Fused)?DepthwiseConv2d/i.test(kernel)) return elements(output) * elements(b.slice(0, 2));
  // [m, k] · [k, n]: (m·k · k·n · m·n) is (m·k·n)².
  if (kernel.endsWith('MatMul')) return Math.sqrt(elements(a) * elements(b) * elements(output));
  if (noProducts.has(kernel)) return 0;
  // An op with a gradient of its own: the kernels inside it are listed as well.
  if (kernel.endsWith('__op') || kernel === 'unnamed scope') return 0;
  throw new Error(`does the kernel ${kernel} multiply?`);
}

const noProducts = new Set(
  'Add AvgPool Cast FusedBatchNorm Identity MaxPool Mean Minimum Multiply PadV2 RealDiv Relu Reshape Rsqrt Sigmoid Slice Softmax Sub Sum AblateBatchNormInference'.split(
    ' ',
  ),
);

function elements(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
