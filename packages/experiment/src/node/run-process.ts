/* The process of one run: started by launchRun, told what to do by one message. */
import process from 'node:process';
import { executeRun } from './execute-run.ts';
import type { FromRun, ToRun } from './run-messages.ts';

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
    last = await work(message);
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

/** All but `run` load tensors into this thread, which training leaves free of them. */
async function work(message: Exclude<ToRun, { type: 'stop' }>): Promise<FromRun> {
  switch (message.type) {
    case 'run':
      return { type: 'done', ...(await executeRun(message.request, say, stopping.signal)) };
    case 'measure': {
      const { measureSavedModel } = await import('./measure-model.ts');
      return { type: 'measured', inference: await measureSavedModel(message.request) };
    }
    case 'inspect': {
      const { inspectModel } = await import('./inspect-model.ts');
      return { type: 'inspected', network: await inspectModel(message.path, message.plugins) };
    }
  }
}

function say(message: FromRun): void {
  process.send?.(message);
}
