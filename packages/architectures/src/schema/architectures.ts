import { cifarResnets } from './families/cifar-resnet.ts';
import type { Family } from './families/family.ts';
import { lenet5 } from './families/lenet-5.ts';
import { mlp } from './families/mlp.ts';
import { mobilenetV1 } from './families/mobilenet-v1.ts';
import { mobilenetV2 } from './families/mobilenet-v2.ts';
import { plainCnn } from './families/plain-cnn.ts';
import { preResnets } from './families/pre-resnet.ts';
import { residualCnn } from './families/residual-cnn.ts';
import { resnets } from './families/resnet.ts';
import { simpleCnn } from './families/simple-cnn.ts';
import { vggs } from './families/vgg.ts';
import { wideResnets } from './families/wide-resnet.ts';

/** The named architectures. */
export const architectures: Readonly<Record<string, Family>> = {
  mlp,
  'simple-cnn': simpleCnn,
  'residual-cnn': residualCnn,
  'plain-cnn': plainCnn,
  'lenet-5': lenet5,
  ...vggs,
  ...cifarResnets,
  ...preResnets,
  ...wideResnets,
  ...resnets,
  'mobilenet-v1': mobilenetV1,
  'mobilenet-v2': mobilenetV2,
};

/** Their names, as YAML writes them. */
export const architectureNames: readonly string[] = Object.keys(architectures);

/** The schema of each one's options, `name` among them. Variants of one builder share a schema that takes all their names. */
export const architectureSchemas: Readonly<Record<string, Family['options']>> = Object.fromEntries(
  Object.entries(architectures).map(([name, { options }]) => [name, options]),
);
