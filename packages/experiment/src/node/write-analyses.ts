import { join } from 'node:path';
import { classReport, confusionMatrix, summarize } from '@ablate/analysis/schema';
import type { Dataset } from '@ablate/datasets';
import type { Evaluation } from '@ablate/training';
import type { TrainingEvent } from '@ablate/training/schema';
import type { RunConfig } from '../schema/index.ts';
import { writeJson } from './write-file.ts';

/** Writes `<name>.json` for each analysis of the config; what needs an evaluation is left out where there is none. */
export function writeAnalyses(
  folder: string,
  { analysis, graph }: RunConfig,
  { test, classes, classNames }: Dataset,
  evaluation: Evaluation | null,
  events: readonly TrainingEvent[],
): void {
  for (const { name } of analysis) {
    const file = join(folder, `${name}.json`);
    switch (name) {
      case 'parameters':
      case 'receptive-field':
        writeJson(file, summarize(graph));
        break;
      case 'learning-curves':
        writeJson(
          file,
          events.filter((event) => event.type === 'epoch'),
        );
        break;
      case 'confusion-matrix': {
        if (evaluation === null) break;
        const matrix = confusionMatrix(test.labels, evaluation.predictions, classes);
        writeJson(file, { classNames, matrix, report: classReport(matrix) });
        break;
      }
      case 'timing':
        // Depends on the clock: it is in timings.json.
        break;
    }
  }
}
