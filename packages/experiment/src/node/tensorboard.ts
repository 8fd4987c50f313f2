import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { histogram } from '@ablate/analysis/schema';
import type { TrainingEvent } from '@ablate/training/schema';
import { analysisImages } from '../images/analysis-images.ts';
import { type AnalysisName, analyses } from '../schema/index.ts';
import { encodeEventFile, type Summary } from '../tensorboard/event-file.ts';
import { runClock } from '../tensorboard/run-clock.ts';
import { runSummaries } from '../tensorboard/run-summaries.ts';
import { readAnalysis } from './analysis-files.ts';
import { readEvents } from './read-events.ts';
import { writeFileWhole } from './write-file.ts';

/** One of the weights that a saved model has, as its manifest lists them. */
interface SavedWeight {
  name: string;
  shape: number[];
  dtype: string;
}

/**
 * Writes what the runs below a folder said as event files of TensorBoard, each beside its run's metrics: scalars of steps,
 * epochs and probes, histograms that probes kept, and at the end one of each weight and the images that analyses have. Event files that it wrote before are replaced.
 *
 * @param folder Results of a study, or a folder of several.
 * @param notice Called with what was left out.
 * @returns The files, by run; a run that has said nothing has none.
 */
export function writeTensorBoard(folder: string, notice: (text: string) => void = () => undefined): string[] {
  return runFolders(folder).flatMap((run) => {
    const metrics = join(run, 'metrics.jsonl');
    const events = [metrics, join(run, 'timings.jsonl')]
      .filter((path) => existsSync(path))
      .flatMap((path) => readEvents(path, notice));
    const clock = runClock(events, statSync(metrics).mtimeMs / 1000);
    const summaries = [
      ...runSummaries(events, clock),
      ...weightHistograms(join(run, 'model'), events, clock.last),
      ...images(run, events, clock.last),
    ];
    if (summaries.length === 0) return [];
    const file = join(run, 'tensorboard', 'events.out.tfevents.0.ablate');
    writeFileWhole(file, encodeEventFile(summaries));
    return [file];
  });
}

function runFolders(folder: string): string[] {
  if (existsSync(join(folder, 'metrics.jsonl'))) return [folder];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.endsWith('.previous'))
    .flatMap(({ name }) => runFolders(join(folder, name)))
    .sort();
}

/** What analyses of the finished run have as pixels. */
function images(run: string, events: readonly TrainingEvent[], wallTime: number): Summary[] {
  const last = events.findLast((event) => event.type === 'end');
  if (last?.type !== 'end') return [];
  return (Object.keys(analyses) as AnalysisName[]).flatMap((name) => {
    const value = readAnalysis(run, name);
    const tagged = value === null ? [] : analysisImages(name, value);
    return tagged.map(([tag, image]): Summary => ({ tag, step: last.steps, wallTime, image }));
  });
}

function weightHistograms(model: string, events: readonly TrainingEvent[], wallTime: number): Summary[] {
  const last = events.findLast((event) => event.type === 'end');
  if (last?.type !== 'end' || !existsSync(join(model, 'weights.bin'))) return [];
  const { weightsManifest } = JSON.parse(readFileSync(join(model, 'model.json'), 'utf8')) as {
    weightsManifest: { weights: SavedWeight[] }[];
  };
  const bytes = readFileSync(join(model, 'weights.bin'));
  let offset = 0;
  return weightsManifest
    .flatMap(({ weights }) => weights)
    .flatMap(({ name, shape, dtype }): Summary[] => {
      const size = shape.reduce((a, b) => a * b, 1);
      const values = new Float32Array(
        bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + 4 * size),
      );
      offset += 4 * size;
      const counted = dtype === 'float32' ? histogram(values) : null;
      return counted === null ? [] : [{ tag: `weights/${name}`, step: last.steps, wallTime, histogram: counted }];
    });
}
