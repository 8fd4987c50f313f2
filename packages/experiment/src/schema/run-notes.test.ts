import { expect, test } from 'vitest';
import { runNotes } from './run-notes.ts';

const training = { maxSteps: 200, maxTime: 90 };

test('budgets, loss spikes and findings are noted in a sentence each; a plain run has no notes', () => {
  expect(runNotes({ config: { training } })).toEqual([]);
  expect(runNotes({ config: { training }, stopped: 'maxSteps' })).toEqual(['budget reached: maxSteps (=200)']);
  const lossSpikes = [{ step: 305, loss: 30, expected: 1.0123 }];
  expect(runNotes({ config: { training }, stopped: 'maxTime', lossSpikes })).toEqual([
    'budget reached: maxTime (=90 s); how far it got depends on the machine',
    'the loss leapt at step 305: 30.0 where 1.01 was expected',
  ]);
  expect(runNotes({ config: { training }, lossSpikes: [...lossSpikes, ...lossSpikes] })).toEqual([
    'the loss leapt 2 times, first at step 305: 30.0 where 1.01 was expected',
  ]);
  expect(runNotes({ config: { training }, findings: ['not-learning since step 1: …'] })).toEqual([
    'doctor: not-learning since step 1: …',
  ]);
});
