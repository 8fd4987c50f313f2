/* The process of one run: started by launchRun, told what to do by one message. */
import process from 'node:process';
import { executeRun } from './execute-run.ts';
import type { FromRun, MeasureRequest, ToRun } from './run-messages.ts';

const stopping = new AbortController();

// What is sent to the whole group reaches this process too; its parent decides, and tells it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
// A parent that died can't be told anything any more.
const orphaned = () => process.exit(1);
process.on('disconnect', orphaned);
process.on('message', (message: ToRun) => {
  if (message.type === 'stop') stopping.abort();
  else void answer(message);
});

async function answer(message: Exclude<ToRun, { type: 'stop' }>): Promise<void> {
  let last: FromRun;
  try {
    last =
      message.type === 'measure'
        ? { type: 'measured', inference: await measure(message.request) }
        : { type: 'done', ...(await executeRun(message.request, say, stopping.signal)) };
  } catch (error) {
    last = { type: 'failed', error: error instanceof Error ? error.message : String(error) };
  }
  await new Promise<void>((resolve) => {
    process.send?.(last, undefined, undefined, () => resolve());
  });
  process.exitCode = last.type === 'failed' ? 1 : 0;
  process.off('disconnect', orphaned);
  process.disconnect();
}

/** Loads tensors into this thread, which training leaves free of them. */
async function measure(request: MeasureRequest): Promise<Extract<FromRun, { type: 'measured' }>['inference']> {
  const { measureSavedModel } = await import('./measure-model.ts');
  return measureSavedModel(request);
}

function say(message: FromRun): void {
  process.send?.(message);
}
