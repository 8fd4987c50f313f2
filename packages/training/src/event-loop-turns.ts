/** Milliseconds of work between two turns of the event loop. */
const SLICE = 15;

/**
 * A function to await between pieces of work: it gives timers, signals and messages their turn when the last was a while
 * ago. (`await` alone does not: promises run before anything else.) It changes when others run, never what is computed.
 */
export function eventLoopTurns(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < SLICE) return;
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', () => {
        port1.close();
        resolve();
      });
      port1.start();
      port2.postMessage(null);
    });
    last = performance.now();
  };
}
