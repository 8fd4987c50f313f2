import * as tf from '@tensorflow/tfjs-core';
import { initializers, input, type LayersModel, layers, model as modelOf, sequential } from '@tensorflow/tfjs-layers';
import { startBackend } from '@ablate/tensor-backends';
import { beforeEach, expect, test } from 'vitest';
import { type Examples, type FitOptions, fit, soleReplica, TrainingError } from '../src/index.ts';
import { trainingSchema } from '../src/schema/index.ts';
import { blobs, examplesOf, regularizedNet, smallNet, weightsOf } from './problems.ts';

beforeEach(async () => void (await startBackend('wasm')));

const { x, labels } = blobs(6);
const good = examplesOf(x, labels);

test('an empty training set', async () => {
  expect(await refusal(smallNet(2, 3, 3), { ...good, count: 0 })).toMatchInlineSnapshot(
    `"train: must have at least one example; received none."`,
  );
});

test('an empty validation set', async () => {
  expect(await refusal(smallNet(2, 3, 3), good, { validation: { ...good, count: 0 } })).toMatchInlineSnapshot(
    `"validation: must have at least one example; received none."`,
  );
});

test('a batch larger than the data', async () => {
  const recipe = trainingSchema.parse({ batchSize: 7 });
  expect(await refusal(smallNet(2, 3, 3), good, { recipe })).toMatchInlineSnapshot(
    `"fit: batchSize (=7) must be at most the number of training examples (=6). Use a smaller batch."`,
  );
});

test('examples of another shape', async () => {
  expect(await refusal(smallNet(4, 3, 3), good)).toMatchInlineSnapshot(
    `"train: examples must have the model's input shape (=[4]); received [2]."`,
  );
});

test('another number of classes', async () => {
  expect(await refusal(smallNet(2, 3, 5), good)).toMatchInlineSnapshot(
    `"model: its output must be logits [batch, classes] (=[?, 3]); received [?, 5]. End it with a dense layer of 3 units."`,
  );
});

test('an output that is no row of logits', async () => {
  const model = sequential({ layers: [layers.reshape({ inputShape: [2], targetShape: [2, 1] })] });
  expect(await refusal(model, good)).toMatchInlineSnapshot(
    `"model: its output must be logits [batch, classes] (=[?, 3]); received [?, 2, 1]. End it with a dense layer of 3 units."`,
  );
});

test('a softmax that the loss would apply a second time', async () => {
  const model = sequential({
    layers: [layers.dense({ inputShape: [2], units: 3, activation: 'softmax', name: 'head' })],
  });
  expect(await refusal(model, good)).toMatchInlineSnapshot(
    `"model: its output must be logits; received probabilities: layer "head" ends in softmax, which the loss applies itself. Remove it."`,
  );
});

test('two outputs', async () => {
  const start = input({ shape: [2] });
  const outputs = [1, 2].map(() => layers.dense({ units: 3 }).apply(start) as typeof start);
  expect(await refusal(modelOf({ inputs: start, outputs }), good)).toMatchInlineSnapshot(
    `"model: must have one input and one output; received 1 and 2."`,
  );
});

test('no layers', async () => {
  expect(await refusal(sequential(), good)).toMatchInlineSnapshot(
    `"model: must have layers; received none. Add some, the first with an inputShape."`,
  );
});

test('nothing to train', async () => {
  const model = smallNet(2, 3, 3);
  for (const layer of model.layers) layer.trainable = false;
  expect(await refusal(model, good)).toMatchInlineSnapshot(`"optimizer: needs trainable weights; the model has none."`);
});

test('a weight that the loss does not depend on', async () => {
  const model = sequential({ layers: [new Idle({ inputShape: [2], name: 'idle' }), layers.dense({ units: 3 })] });
  expect(await refusal(model, good)).toMatchInlineSnapshot(
    `"optimizer: every trainable weight must influence the loss; "idle/spare" has no gradient. Connect its layer, or set its \`trainable\` to false."`,
  );
});

test('a label out of range', async () => {
  expect(await refusal(smallNet(2, 3, 3), examplesOf(x, [0, 1, 2, 0, 3, 1], { classes: 3 }))).toMatchInlineSnapshot(
    `"examples: labels must be from 0 to 2; received 3 for example 4."`,
  );
});

test('examples of too few values', async () => {
  const read = () => ({ x: new Float32Array(5), labels: new Int32Array(3) });
  expect(await refusal(smallNet(2, 3, 3), { ...good, read })).toMatchInlineSnapshot(
    `"examples: 3 rows of [2] must have 6 values and 3 labels; received 5 and 3."`,
  );
});

test('more micro-batches than a batch has rows', async () => {
  const recipe = trainingSchema.parse({ batchSize: 3, accumulate: 4 });
  expect(await refusal(smallNet(2, 3, 3), good, { recipe })).toMatchInlineSnapshot(
    `"fit: accumulate (=4) must be at most batchSize (=3), which it divides into micro-batches. Use fewer."`,
  );
});

test('gradients that are not finite though the loss is', async () => {
  const model = sequential({ layers: [layers.dense({ inputShape: [2], units: 1 }), layers.dense({ units: 3 })] });
  tf.tidy(() => {
    const values = [tf.zeros([2, 1]), tf.zeros([1]), tf.tensor2d([[100, 0, -100]]), tf.zeros([3])];
    model.setWeights(values);
  });
  const before = await weightsOf(model);
  const huge = examplesOf(
    x.map(() => [3e38, 3e38]),
    labels.map(() => 0),
    { classes: 3 },
  );
  const recipe = trainingSchema.parse({ epochs: 1, batchSize: 3, clipNorm: 1 });
  expect(await refusal(model, huge, { recipe })).toMatchInlineSnapshot(
    `"fit: the norm of the gradients must stay finite to be clipped; it became Infinity in step 1. Use a smaller learning rate (=0.001), or look for very large values in the data."`,
  );
  expect(await weightsOf(model)).toEqual(before);
});

test('CutMix of what is no image', async () => {
  const recipe = trainingSchema.parse({ batchSize: 3, cutmix: {} });
  expect(await refusal(smallNet(2, 3, 3), good, { recipe })).toMatchInlineSnapshot(
    `"cutmix: examples must be images [height, width, channels]; received shape [2]. Use mixup."`,
  );
});

test('class weights that fit other classes', async () => {
  const recipe = trainingSchema.parse({ batchSize: 3, classWeights: [1, 2] });
  expect(await refusal(smallNet(2, 3, 3), good, { recipe })).toMatchInlineSnapshot(
    `"classWeights: must have a weight for each of the 3 classes; received 2."`,
  );
});

test('a batch in which no example counts', async () => {
  const recipe = trainingSchema.parse({ batchSize: 1, classWeights: [1, 0, 1] });
  expect(await refusal(smallNet(2, 3, 3), good, { recipe })).toMatchInlineSnapshot(
    `"fit: classWeights must leave each batch a row that counts; one had only classes of weight 0. Use larger batches, or weights above 0."`,
  );
});

test('a warm-up that never ends', async () => {
  const recipe = trainingSchema.parse({ epochs: 2, batchSize: 3, schedule: { name: 'cosine', warmupSteps: 4 } });
  expect(await refusal(smallNet(2, 3, 3), good, { recipe })).toMatchInlineSnapshot(
    `"fit: warmupSteps (=4) must be less than the steps of the run (=4). Use fewer, or more epochs."`,
  );
});

test('step events that never come', async () => {
  expect(await refusal(smallNet(2, 3, 3), good, { stepEvents: 0 })).toMatchInlineSnapshot(
    `"fit: stepEvents must be a whole number from 1; received 0."`,
  );
});

test('stock batch norm in several replicas', async () => {
  const replica = { ...soleReplica(), count: 2 };
  expect(await refusal(regularizedNet(2, 3, 3), good, { replica })).toMatchInlineSnapshot(
    `"model: layer "batch_normalization_BatchNormalization1" is tf.layers' batchNormalization, which knows only its own replica's part of a batch. Use the one of @ablate/layers, or one worker."`,
  );
});

test('a loss that is not finite stops the run before the weights change', async () => {
  const model = smallNet(2, 3, 3);
  const before = await weightsOf(model);
  const broken = examplesOf(
    x.map(([a]) => [a as number, Number.NaN]),
    labels,
  );
  expect(await refusal(model, broken)).toMatchInlineSnapshot(
    `"fit: the loss must stay finite; it became NaN in epoch 1, step 1. First to be not finite was the examples of its batch. Use a smaller learning rate (=0.001), or look for values that are not finite in the data."`,
  );
  expect(await weightsOf(model)).toEqual(before);
});

test('a learning rate that makes the loss explode names the step', async () => {
  const recipe = trainingSchema.parse({ epochs: 5, batchSize: 3, optimizer: { name: 'sgd', learningRate: 1e30 } });
  const linear = sequential({
    layers: [
      layers.dense({ inputShape: [2], units: 3, kernelInitializer: 'ones' }),
      layers.dense({ units: 3, kernelInitializer: 'identity' }),
    ],
  });
  expect(await refusal(linear, good, { recipe })).toMatch(
    /^fit: the loss must stay finite; it became (NaN|Infinity) in epoch \d, step \d\. First to be not finite was [^.]+\. Use a smaller learning rate \(=1e\+30\), or look for values that are not finite in the data\.$/,
  );
});

/** What fit says when it refuses. */
async function refusal(model: LayersModel, train: Examples, more: Partial<FitOptions> = {}): Promise<string> {
  const recipe = trainingSchema.parse({ epochs: 2, batchSize: 3 });
  const error = await fit(model, { train, recipe, seed: 1, onEvent() {}, ...more }).then(
    () => new Error('fit did not refuse'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TrainingError);
  return (error as Error).message;
}

/** Has a weight and does not use it. */
class Idle extends layers.Layer {
  static className = 'Idle';

  override build(): void {
    this.addWeight('spare', [2], 'float32', initializers.zeros());
    this.built = true;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return [inputs].flat()[0] as tf.Tensor;
  }
}
