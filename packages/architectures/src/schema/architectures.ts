import type { Family } from './families/family.ts';
import { mlp } from './families/mlp.ts';
import { plainCnn } from './families/plain-cnn.ts';
import { residualCnn } from './families/residual-cnn.ts';
import { simpleCnn } from './families/simple-cnn.ts';

/** The named architectures. */
export const architectures: Readonly<Record<string, Family>> = {
  mlp,
  'simple-cnn': simpleCnn,
  'residual-cnn': residualCnn,
  'plain-cnn': plainCnn,
};

/** Their names, as YAML writes them. */
export const architectureNames: readonly string[] = Object.keys(architectures);

/** The schema of each one's options, `name` among them. */
export const architectureSchemas: Readonly<Record<string, Family['options']>> = Object.fromEntries(
  Object.entries(architectures).map(([name, { options }]) => [name, options]),
);
