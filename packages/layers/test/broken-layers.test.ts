import { Mish, SquaredReLU, WeightStandardizedConv2D } from '@ablate/layers';
import { type CheckName, checkLayer, type LayerSubject } from '@ablate/layers/contract';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { subjectOf } from './cases.ts';

/** A Mish whose gradient is a half too large. */
class WrongGradient extends Mish {
  static override readonly className = 'WrongGradient' as 'Mish';
  protected override forward(x: tf.Tensor): tf.Tensor {
    const y = super.forward(x);
    const half = tf.mul(y, 0.5);
    // y + (half − its own value): equal in value, half as much again in gradient.
    return tf.add(
      y,
      tf.sub(
        half,
        tf.customGrad((at) => ({ value: tf.mul(at as tf.Tensor, 0.5), gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy) }))(
          y,
        ),
      ),
    );
  }
}

/** A squared ReLU that has forgotten its name in its config. */
class LostConfig extends SquaredReLU {
  static override readonly className = 'LostConfig' as 'SquaredReLU';
  readonly factor: number;
  constructor({ factor = 1, ...options }: { factor?: number; name?: string } = {}) {
    super(options);
    this.factor = factor;
  }
  protected override forward(x: tf.Tensor): tf.Tensor {
    return tf.mul(super.forward(x), this.factor);
  }
}

/** Does not save what its outputs add to the loss. */
class LostPenalty extends WeightStandardizedConv2D {
  static override readonly className = 'LostPenalty' as 'WeightStandardizedConv2D';
  protected override argsConfig(): tf.serialization.ConfigDict {
    const { activityRegularizer: _, ...rest } = super.argsConfig();
    return rest;
  }
}

/** Draws other numbers in each call. */
class Restless extends SquaredReLU {
  static override readonly className = 'Restless' as 'SquaredReLU';
  #calls = 0;
  protected override forward(x: tf.Tensor): tf.Tensor {
    return tf.add(super.forward(x), this.#calls++);
  }
}

tf.serialization.registerClass(WrongGradient);
tf.serialization.registerClass(LostConfig);
tf.serialization.registerClass(LostPenalty);
tf.serialization.registerClass(Restless);

const [mish, squared, conv] = [subjectOf('mish'), subjectOf('squaredRelu'), subjectOf('conv2d')];
const broken: [name: string, subject: LayerSubject, args: object, fails: CheckName[]][] = [
  [
    'a gradient that is a half too large',
    { ...mish, create: (_, name) => new WrongGradient({ name }) },
    {},
    ['input gradients'],
  ],
  [
    'a config that loses an option',
    { ...squared, reference: undefined, create: (_, name) => new LostConfig({ name, factor: 2 }) },
    {},
    ['save and load'],
  ],
  [
    'a config that loses a penalty',
    {
      ...subjectOf('weightStandardizedConv2d'),
      create: (args, name) => new LostPenalty({ ...(args as { filters: number; kernelSize: number }), name }),
    },
    { filters: 2, kernelSize: 3, activityRegularizer: { l2: 1 } },
    ['save and load'],
  ],
  [
    'other numbers in each call',
    { ...squared, create: (_, name) => new Restless({ name }) },
    {},
    ['determinism', 'forward'],
  ],
  [
    'a wrong output shape',
    { ...conv, descriptor: { ...conv.descriptor, outputShape: () => [4, 5, 9] } },
    { filters: 2, kernelSize: 3 },
    ['output shape'],
  ],
  [
    'weights that are not there',
    { ...conv, descriptor: { ...conv.descriptor, weights: () => [] } },
    { filters: 2, kernelSize: 3 },
    ['weights'],
  ],
  [
    'MACs without the channels',
    { ...conv, descriptor: { ...conv.descriptor, macs: () => 4 * 5 * 9 * 2 } },
    { filters: 2, kernelSize: 3 },
    ['macs'],
  ],
  ['a reference of another function', { ...squared, reference: mish.reference }, {}, ['forward', 'input gradients']],
];

test.each(broken)('%s fails the contract', async (_, subject, args, fails) => {
  const results = await checkLayer(subject, [{ args: { ...args }, inputs: [[6, 7, 3]] }], { backend: 'cpu' });
  const failed = results.filter(({ status }) => status === 'failed').map(({ check }) => check);
  expect(failed).toEqual(expect.arrayContaining(fails));
});

test('the same layers, whole, pass it', async () => {
  for (const [subject, args] of [
    [mish, {}],
    [squared, {}],
    [conv, { filters: 2, kernelSize: 3 }],
  ] as const) {
    const results = await checkLayer(subject, [{ args, inputs: [[6, 7, 3]] }], { backend: 'cpu' });
    expect(results.filter(({ status }) => status === 'failed')).toEqual([]);
  }
});
