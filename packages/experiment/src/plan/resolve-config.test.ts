import { expect, test } from 'vitest';
import { readStudy } from '../spec/read-study.ts';
import { fingerprint } from './fingerprint.ts';
import { planStudy } from './plan.ts';
import { resolveConfig } from './resolve-config.ts';

const STUDY = `spec: 1
dataset: { name: shapes }
variants: { a: { architecture: { name: mlp, units: [200000] } } }
`;
const HERE = { versions: { code: 'c0de', tfjs: '4.22.0' }, auto: 'wasm', workers: 8 } as const;

test('auto is replaced by what it stands for, where that is known', () => {
  const config = configOf(STUDY);
  expect(config).toMatchObject({ backend: 'auto', workers: 'auto' });
  expect(resolveConfig(config, HERE)).toEqual({ ...config, backend: 'wasm', workers: 8 });
  expect(resolveConfig(config)).toEqual(config);
  const own = configOf(`${STUDY}backend: cpu\nworkers: 3\n`);
  expect(resolveConfig(own, HERE)).toEqual({ ...own, backend: 'cpu', workers: 3 });
});

test('a plan for an environment has no auto, and the fingerprints of what it stands for', () => {
  const [auto] = planStudy(readStudy({ file: 'a.yaml', text: STUDY }), {}, HERE).runs;
  const said = readStudy({ file: 'a.yaml', text: `${STUDY}backend: wasm\nworkers: 8\n` });
  const [spelled] = planStudy(said, {}, HERE).runs;
  expect(auto).toEqual(spelled);
  const [flag] = planStudy(said, { workers: 'auto', backend: 'auto' }, HERE).runs;
  expect(flag).toEqual(spelled);
  expect(fingerprint(configOf(STUDY), { ...HERE, workers: 4 })).not.toBe(auto?.fingerprint);
});

test('a number of workers that there can not be is refused by its flag', () => {
  const study = readStudy({ file: 'a.yaml', text: STUDY });
  expect(() => planStudy(study, { workers: 65 })).toThrowErrorMatchingInlineSnapshot(
    `[OverrideError: --workers: must be "auto" or a whole number ≥ 1 and ≤ 64; received 65]`,
  );
});

function configOf(text: string) {
  const study = readStudy({ file: 'a.yaml', text });
  expect(study.problems).toEqual([]);
  const [run] = planStudy(study).runs;
  if (run === undefined) throw new Error('the plan has a run.');
  return run.config;
}
