import { expect, test } from 'vitest';
import { z } from 'zod';
import { trainingSchema } from './recipe.ts';

const excludeFromWeightDecay = ['bias', 'normalization'];
const undecayed = { weightDecay: 0, excludeFromWeightDecay };

test('a recipe may be empty: Adam at a constant rate, 10 epochs, batches of 64', () => {
  expect(trainingSchema.parse({})).toEqual({
    epochs: 10,
    batchSize: 64,
    optimizer: { name: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...undecayed },
    schedule: { name: 'constant', warmupSteps: 0 },
    loss: { name: 'cross-entropy' },
    labelSmoothing: 0,
    accumulate: 1,
    evaluation: { trainExamples: 10_000, batchSize: 256 },
  });
});

test.each([
  [{ name: 'sgd' }, { learningRate: 0.01, ...undecayed }],
  [{ name: 'momentum' }, { learningRate: 0.01, momentum: 0.9, nesterov: false, ...undecayed }],
  [
    { name: 'adam', learningRate: 0.1 },
    { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...undecayed },
  ],
  [
    { name: 'adamw' },
    { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, excludeFromWeightDecay },
  ],
  [{ name: 'rmsprop' }, { learningRate: 0.01, rho: 0.99, momentum: 0, epsilon: 1e-8, ...undecayed }],
])('%j gets its defaults', (optimizer, defaults) => {
  expect(trainingSchema.parse({ optimizer }).optimizer).toEqual({ ...defaults, ...optimizer });
});

test.each([
  [{ epochs: 0 }, ['epochs']],
  [{ epochs: 10_001 }, ['epochs']],
  [{ epochs: 2.5 }, ['epochs']],
  [{ batchSize: 0 }, ['batchSize']],
  [{ optimizer: { name: 'adamm' } }, ['optimizer', 'name']],
  [{ optimizer: { name: 'sgd', learningRate: 0 } }, ['optimizer', 'learningRate']],
  [{ optimizer: { name: 'sgd', momentum: 0.9 } }, ['optimizer']],
  [{ optimizer: { name: 'momentum', momentum: 1 } }, ['optimizer', 'momentum']],
  [{ optimizer: { name: 'adam', beta2: 1 } }, ['optimizer', 'beta2']],
  [{ optimizer: { name: 'adam', epsilon: 0 } }, ['optimizer', 'epsilon']],
  [{ optimizer: { name: 'adamw', weightDecay: -1 } }, ['optimizer', 'weightDecay']],
  [{ optimizer: { name: 'sgd', excludeFromWeightDecay: ['kernel'] } }, ['optimizer', 'excludeFromWeightDecay', 0]],
  [{ optimizer: { name: 'rmsprop', rho: 1 } }, ['optimizer', 'rho']],
  [{ evaluation: { trainExamples: 0 } }, ['evaluation', 'trainExamples']],
  [{ maxSteps: 0 }, ['maxSteps']],
  [{ maxTime: 0 }, ['maxTime']],
  [{ maxTime: '0s' }, ['maxTime']],
  [{ maxTime: '10 m' }, ['maxTime']],
  [{ maxTime: '10d' }, ['maxTime']],
  [{ batchsize: 64 }, []],
])('%j is refused, at %j', (recipe, path) => {
  expect(trainingSchema.safeParse(recipe).error?.issues.map((issue) => issue.path)).toEqual([path]);
});

test.each([
  [90, 90],
  ['90s', 90],
  ['1.5m', 90],
  ['2h', 7200],
])('maxTime %j is %d seconds, and stays so when it is read again', (maxTime, seconds) => {
  const recipe = trainingSchema.parse({ maxTime });
  expect(recipe.maxTime).toBe(seconds);
  expect(trainingSchema.parse(recipe)).toEqual(recipe);
});

test('every option is described for editors', () => {
  const bare: string[] = [];
  const visit = (node: unknown, path: string): void => {
    const {
      description,
      properties = {},
      oneOf = [],
    } = node as {
      description?: string;
      properties?: Record<string, { const?: unknown }>;
      oneOf?: unknown[];
    };
    if (path !== '' && description === undefined) bare.push(path);
    for (const [i, option] of oneOf.entries()) visit(option, `${path}[${i}]`);
    for (const [name, property] of Object.entries(properties)) {
      if (property.const === undefined) visit(property, `${path}/${name}`);
    }
  };
  visit(z.toJSONSchema(trainingSchema, { io: 'input' }), '');
  expect(bare).toEqual([]);
});
