import { graphFromTopology, INPUT, type ParameterCount } from '@ablate/architectures/schema';
import { describeLayer, type Shape } from '@ablate/layers/schema';
import { LayersModel, Sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Network, NetworkNode } from './schema/network.ts';

/** A layer of tf.layers; the class itself is not exported. */
type Layer = LayersModel['layers'][number];

/** Where a value of the network comes from, and its shape without the batch axis. */
interface Value {
  id: string;
  shape: Shape;
}

/**
 * The network of any model of tf.layers: ours, one that plain tfjs built, or one that it loaded from a `model.json`.
 * Shapes and parameters are those of the model. A layer that no descriptor knows (`UpSampling2D`, a class of a
 * stranger), or one with options, shapes or weights other than its descriptor's, has `macs` and `view` null and its
 * class as `layer`. Builds no tensors.
 *
 * Ids are the names of the layers; layers of a model inside it go on from its name: `backbone/conv1`. A layer that is used
 * again has a node for each use, `shared`, `shared#2`, …, and its parameters at the first.
 *
 * @throws Error if the model does not have one input of a fixed shape.
 */
export function networkOfModel(model: LayersModel): Network {
  const [input, ...others] = model.inputs;
  if (input === undefined || others.length > 0) {
    throw new Error(
      `networkOfModel: the model must have one input; it has ${model.inputs.length}. Take the part behind one of them.`,
    );
  }
  const inputShape = withoutBatch(input.shape, input.name);
  const reader = new ModelReader();
  reader.model(model, '', [{ id: INPUT, shape: inputShape }]);
  return { inputShape, nodes: reader.nodes };
}

class ModelReader {
  readonly nodes: NetworkNode[] = [];
  readonly #ids = new Set<string>([INPUT]);
  readonly #counted = new Set<Layer>();

  /** Appends the layers of a model that takes `inputs`; returns its outputs. */
  model(model: LayersModel, prefix: string, inputs: readonly Value[]): Value[] {
    if (model instanceof Sequential) {
      return model.layers.reduce<Value[]>((values, layer) => this.#layer(layer, prefix, values), [...inputs]);
    }
    // By layer and number of its call.
    const calls = new Map<string, Value[]>();
    const valueOf = (tensor: SymbolicTensor): Value => {
      const given = inputs[model.inputs.indexOf(tensor)];
      if (given !== undefined) return given;
      const { sourceLayer, nodeIndex, tensorIndex } = tensor;
      const call = `${sourceLayer.name}:${nodeIndex}`;
      let outputs = calls.get(call);
      if (outputs === undefined) {
        const taken = sourceLayer.inboundNodes[nodeIndex]?.inputTensors ?? [];
        outputs = this.#layer(sourceLayer, prefix, taken.map(valueOf));
        calls.set(call, outputs);
      }
      const value = outputs[tensorIndex];
      if (value === undefined) throw new Error(`internal: "${tensor.name}" is output ${tensorIndex} of ${call}.`);
      return value;
    };
    return model.outputs.map(valueOf);
  }

  #layer(layer: Layer, prefix: string, inputs: readonly Value[]): Value[] {
    if (layer.getClassName() === 'InputLayer') return [...inputs];
    if (layer instanceof LayersModel) return this.model(layer, `${prefix}${layer.name}/`, inputs);
    const id = this.#unique(`${prefix}${layer.name}`);
    const inputShapes = inputs.map(({ shape }) => shape);
    const outputShapes = outputShapesOf(layer, inputShapes);
    const [outputShape = []] = outputShapes;
    const own = countWeights(layer);
    const read = outputShapes.length === 1 ? readKnown(layer, inputShapes, outputShape, own) : null;
    this.nodes.push({
      id,
      layer: read?.layer ?? layer.getClassName(),
      inputs: inputs.map((input) => input.id),
      inputShapes,
      outputShape,
      parameters: this.#counted.has(layer) ? { trainable: 0, nonTrainable: 0 } : own,
      macs: read?.macs ?? null,
      view: read?.view ?? null,
    });
    this.#counted.add(layer);
    return outputShapes.map((shape) => ({ id, shape }));
  }

  #unique(name: string): string {
    let id = name;
    for (let use = 2; this.#ids.has(id); use++) id = `${name}#${use}`;
    this.#ids.add(id);
    return id;
  }
}

/** What the descriptor of a layer says of it; null if there is none, or if the layer is not what it describes. */
function readKnown(
  layer: Layer,
  inputShapes: readonly Shape[],
  outputShape: Shape,
  { trainable, nonTrainable }: ParameterCount,
): (Pick<NetworkNode, 'layer' | 'view'> & { macs: number }) | null {
  const [inputShape = []] = inputShapes;
  const input = { name: INPUT, class_name: 'InputLayer', config: { batch_input_shape: [null, ...inputShape] } };
  // Options do not depend on how the inputs differ: all stand for the first.
  const inbound = inputShapes.map(() => [INPUT, 0, 0, {}]);
  const single = {
    name: 'layer',
    class_name: layer.getClassName(),
    config: layer.getConfig(),
    inbound_nodes: [inbound],
  };
  try {
    const config = { layers: [{ ...input, inbound_nodes: [] }, single], output_layers: [['layer', 0, 0]] };
    const [node] = graphFromTopology({ class_name: 'Model', config }).nodes;
    if (node === undefined) return null;
    const descriptor = describeLayer(node.layer);
    const weights = descriptor.weights(node.args, inputShapes);
    const described = weights.reduce((sum, { shape }) => sum + elements(shape), 0);
    const shape = descriptor.outputShape(node.args, inputShapes);
    if (described !== trainable + nonTrainable || shape.join() !== outputShape.join()) return null;
    return { layer: node.layer, macs: descriptor.macs(node.args, inputShapes), view: descriptor.view(node.args) };
  } catch (error) {
    // A TypeError is a mistake of ours; all else says why the layer can't be described.
    if (error instanceof TypeError) throw error;
    return null;
  }
}

function outputShapesOf(layer: Layer, inputShapes: readonly Shape[]): Shape[] {
  const batched = inputShapes.map((shape) => [null, ...shape]);
  const computed = layer.computeOutputShape(batched.length === 1 && batched[0] !== undefined ? batched[0] : batched);
  const shapes = computed.every((part) => Array.isArray(part)) ? computed : [computed];
  return shapes.map((shape) => withoutBatch(shape, layer.name));
}

function withoutBatch([, ...shape]: readonly unknown[], name: string): Shape {
  if (shape.every((extent): extent is number => typeof extent === 'number')) return shape;
  throw new Error(
    `networkOfModel: "${name}" must have a fixed shape; received ${JSON.stringify(shape)}. Build the model with the size of its images.`,
  );
}

function countWeights(layer: Layer): ParameterCount {
  const count = (weights: readonly { shape: readonly (number | null)[] }[]) =>
    weights.reduce((sum, { shape }) => sum + elements(shape.map((extent) => extent ?? 1)), 0);
  return { trainable: count(layer.trainableWeights), nonTrainable: count(layer.nonTrainableWeights) };
}

function elements(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
