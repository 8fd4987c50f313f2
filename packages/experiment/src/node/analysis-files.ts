import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { analysisImages } from '../images/analysis-images.ts';
import { enlarged } from '../images/enlarged.ts';
import { encodePng } from '../images/png.ts';
import type { AnalysisName } from '../schema/index.ts';
import { writeFileWhole, writeJson } from './write-file.ts';

/** Pixels that the longer side of a picture has at the least. */
const LONGER_SIDE = 256;

/** Where an analysis stands below a run's folder. Those that depend on the clock are in timings.json. */
export function analysisFile(folder: string, name: AnalysisName): string {
  return join(folder, 'analysis', `${name}.json`);
}

/** What an analysis of a run found; null where there is none. */
export function readAnalysis(folder: string, name: AnalysisName): object | null {
  const file = analysisFile(folder, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as object) : null;
}

/**
 * Writes `analysis/<name>.json`, and what it has as pixels as PNG files, to look at: `analysis/<name>.png`, or below
 * `analysis/<name>/`. Those that were there before, of other layers perhaps, are removed. The JSON comes last: where it is,
 * the rest is complete.
 */
export function writeAnalysis(
  folder: string,
  name: AnalysisName,
  value: object,
  form: 'indented' | 'compact' = 'indented',
): void {
  const pictures = join(folder, 'analysis');
  for (const old of [name, `${name}.png`]) rmSync(join(pictures, old), { recursive: true, force: true });
  for (const [tag, image] of analysisImages(name, value)) {
    writeFileWhole(join(pictures, `${tag}.png`), encodePng(enlarged(image, LONGER_SIDE)));
  }
  writeJson(analysisFile(folder, name), value, form);
}
