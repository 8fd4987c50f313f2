import { readFileSync } from 'node:fs';
import type { TrainingEvent } from '@ablate/training/schema';

/**
 * What a log (`metrics.jsonl`, `timings.jsonl`) says, one line of JSON an event. A run that was killed while it wrote may
 * have left a part of a line at the end: that one is left out.
 *
 * @param notice Called where the last line is left out.
 * @throws Error naming the file and the line, where another line is not JSON; what the system says, where there is no file.
 */
export function readEvents(path: string, notice: (text: string) => void = () => undefined): TrainingEvent[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  // What stands behind the last end of a line: nothing, or a part of one.
  if (lines.pop() !== '') notice(`${path}: its last line is torn, and left out`);
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as TrainingEvent;
    } catch (cause) {
      throw new Error(
        `"${path}", line ${index + 1}: each line must be an event as JSON; received "${line.slice(0, 40)}". The file was damaged after it was written: remove the run's folder and run the study again.`,
        { cause },
      );
    }
  });
}
