export { readEnvironment } from './environment.ts';
export { type FinishedRun, readFinishedRun } from './finished-run.ts';
export { launchRun, type RunOutcome } from './launch-run.ts';
export { loadStudy } from './load-study.ts';
export { describeMachine, type Machine } from './machine.ts';
export type { FromRun, MeasureRequest, RunPhase, RunRequest, ToRun } from './run-messages.ts';
export { type RunState, readRunState } from './run-state.ts';
export { type RunStudyOptions, runStudy, type StudyEvent, type StudyOutcome } from './run-study.ts';
