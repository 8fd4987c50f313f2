import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  type RunStudyOptions,
  readEnvironment,
  runStudy,
  type StudyEvent,
  type StudyOutcome,
} from '../src/node/index.ts';
import { type Plan, planStudy, readStudy } from '../src/schema/index.ts';

/* Many runs: at once, in parts, until one fails. */

const study = readStudy({
  file: 'sweep.yaml',
  text: `spec: 1
title: A sweep
dataset: { name: shapes, limit: 64 }
training: { epochs: 2, batchSize: 32 }
workers: 1
seeds: [1, 2, 3]
variants:
  small: { architecture: { name: mlp, units: [4], dropout: 0.25 } }
`,
});
const out = mkdtempSync(join(tmpdir(), 'ablate-sweeps-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const FILES = ['run.json', 'metrics.jsonl', 'predictions.json', 'model/weights.bin'];

test('runs that go on at once leave the same bits as one after the other', async () => {
  const events: StudyEvent[] = [];
  const alone = await run('alone', planStudy(study), { onEvent: (event) => events.push(event) });
  expect(mostAtOnce(events)).toBe(1);
  events.length = 0;
  const onEvent = (event: StudyEvent) => void events.push(event);
  const together = await run('together', planStudy(study), { parallel: 3, onEvent });
  expect(events[0]).toEqual({ type: 'study-start', atOnce: 3, notices: [] });
  expect(mostAtOnce(events)).toBe(3);
  expect(together).toMatchObject({ done: 3, failed: [], left: [], stopped: false });
  for (const { id } of planStudy(study).runs) {
    for (const file of FILES) {
      expect(readFileSync(join(together.folder, id, file)).equals(readFileSync(join(alone.folder, id, file)))).toBe(
        true,
      );
    }
  }
  const timings = JSON.parse(readFileSync(join(together.folder, 'small/seed-1/timings.json'), 'utf8'));
  expect(timings).toMatchObject({ runsAtOnce: 3 });
  expect(together.comparison?.variants[0]).toMatchObject({
    runsAtOnce: 3,
    testAccuracy: alone.comparison?.variants[0]?.testAccuracy,
  });
  expect(alone.comparison?.variants[0]).not.toHaveProperty('runsAtOnce');
}, 120_000);

test('after a failure the others go on, or with failFast are left; those in progress are saved', async () => {
  const plan = structuredClone(planStudy(study));
  const [first, second] = plan.runs as [Plan['runs'][number], Plan['runs'][number]];
  first.config.graph = structuredClone(first.config.graph);
  first.config.graph.nodes[0]!.layer = 'no-such-layer';
  second.config.training = { ...second.config.training, epochs: 10_000 };
  const outcome = await run('fail-fast', plan, { failFast: true, parallel: 2 });
  expect(outcome).toMatchObject({
    done: 0,
    failed: [{ run: 'small/seed-1', error: expect.stringContaining('no-such-layer') as string }],
    left: ['small/seed-2', 'small/seed-3'],
    stopped: false,
  });
  expect(existsSync(join(outcome.folder, 'small/seed-3'))).toBe(false);
  const stopped = JSON.parse(readFileSync(join(outcome.folder, 'small/seed-2/run.json'), 'utf8'));
  expect(stopped).toMatchObject({ status: 'stopped' });
}, 120_000);

test('a second study on the same folder is refused while the first goes on, and changes nothing', async () => {
  const plan = planStudy(study);
  let refused: unknown;
  const second: Promise<unknown>[] = [];
  const onEvent = (event: StudyEvent) => {
    if (event.type === 'run-start' && event.index === 0) {
      const again = run('locked', { ...plan, runs: plan.runs.slice(2) }, {}).catch(
        (error: unknown) => (refused = error),
      );
      second.push(again);
    }
  };
  const outcome = await run('locked', plan, { onEvent });
  await Promise.all(second);
  expect(refused).toMatchObject({
    name: 'LockError',
    message: expect.stringContaining('small/seed-3 is written by') as string,
  });
  expect(outcome).toMatchObject({ done: 3 });
  expect(existsSync(join(outcome.folder, 'comparison.json'))).toBe(true);
  expect(existsSync(join(outcome.folder, 'small/seed-3.lock'))).toBe(false);
}, 120_000);

async function run(name: string, plan: Plan, options: Partial<RunStudyOptions>): Promise<StudyOutcome> {
  // Enough cores for three, whatever machine this is.
  const environment = { ...(await readEnvironment()), workers: 3 };
  return runStudy(plan, { out: join(out, name), environment, ...options });
}

function mostAtOnce(events: readonly StudyEvent[]): number {
  let [now, most] = [0, 0];
  for (const { type } of events) {
    if (type === 'run-start') now++;
    if (type === 'run-end') now--;
    most = Math.max(most, now);
  }
  return most;
}
