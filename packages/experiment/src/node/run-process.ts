/* The process of one run: started by launchRun, told what to do by one message. */
import process from 'node:process';
import { executeRun } from './execute-run.ts';
import type { FromRun, RunRequest, ToRun } from './run-messages.ts';

const stopping = new AbortController();

// Ctrl-C reaches this process too; its parent decides, and tells it.
process.on('SIGINT', () => undefined);
// A parent that died can't be told anything any more.
const orphaned = () => process.exit(1);
process.on('disconnect', orphaned);
process.on('message', (message: ToRun) => {
  if (message.type === 'stop') stopping.abort();
  else void run(message.request);
});

async function run(request: RunRequest): Promise<void> {
  let last: FromRun;
  try {
    last = { type: 'done', ...(await executeRun(request, say, stopping.signal)) };
  } catch (error) {
    last = { type: 'failed', error: error instanceof Error ? error.message : String(error) };
  }
  await new Promise<void>((resolve) => {
    process.send?.(last, undefined, undefined, () => resolve());
  });
  process.exitCode = last.type === 'done' ? 0 : 1;
  process.off('disconnect', orphaned);
  process.disconnect();
}

function say(message: FromRun): void {
  process.send?.(message);
}
