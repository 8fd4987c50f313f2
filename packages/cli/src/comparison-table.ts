import type { Comparison, Estimate } from '@ablate/experiment/schema';
import Table from 'cli-table3';
import { describeClaim } from './describe-claim.ts';

/** What no run has measured. */
const NONE = '–';

/** The comparison of a study's variants as a table for the terminal, and what becomes of its claims. */
export function comparisonTable({ variants, unfair, claims }: Comparison): string {
  const withAuc = variants.some(({ macroAuc }) => macroAuc !== undefined);
  const withError = variants.some(({ expectedCalibrationError }) => expectedCalibrationError !== undefined);
  const table = new Table({
    head: [
      'variant',
      'parameters',
      'test acc.',
      'train acc.',
      ...(withAuc ? ['macro AUC'] : []),
      ...(withError ? ['calibration error'] : []),
      'train s',
      'images/s',
      'batch ms p50/p95',
      'image ms p50/p95',
    ],
    style: { head: [], border: [] },
    colAligns: ['left', ...Array<'right'>(9).fill('right')],
  });
  for (const variant of variants) {
    const { inference } = variant;
    table.push([
      variant.name,
      variant.parameters.trainable.toLocaleString('en'),
      withInterval(variant.testAccuracy),
      withInterval(variant.trainAccuracy),
      ...(withAuc ? [withInterval(variant.macroAuc)] : []),
      ...(withError ? [withInterval(variant.expectedCalibrationError)] : []),
      variant.trainSeconds?.toFixed(1) ?? NONE,
      variant.examplesPerSecond === undefined ? NONE : Math.round(variant.examplesPerSecond).toLocaleString('en'),
      inference === undefined ? NONE : percentiles(inference.batch),
      inference === undefined ? NONE : percentiles(inference.image),
    ]);
  }
  const differ = unfair.length === 0 ? '' : `\nNot trained alike: ${unfair.join(', ')}`;
  const judged = claims.map((claim) => `\n${describeClaim(claim)}`);
  const shared = Math.max(1, ...variants.map(({ runsAtOnce = 1 }) => runsAtOnce));
  const times =
    shared === 1
      ? ''
      : `\nTimes were taken with up to ${shared} runs at once: they are not those of a machine of its own.`;
  const noted = variants.flatMap(({ name, notes = [] }) =>
    notes.map(({ seed, note }) => `\n${name}/seed-${seed}: ${note}`),
  );
  return [table.toString(), differ, times, ...noted, ...judged].join('');
}

/** Mean in percent, with half the width of its 95 % interval where several seeds give one. */
function withInterval(value: Estimate | undefined): string {
  if (value === undefined) return NONE;
  const mean = (value.mean * 100).toFixed(2);
  if (value.low === undefined || value.high === undefined) return `${mean} %`;
  return `${mean} ± ${((value.high - value.low) * 50).toFixed(2)} %`;
}

/** Marked with ~ where the machine was too noisy to tell variants apart. */
function percentiles({ median, p95, noisy }: { median: number; p95: number; noisy: boolean }): string {
  return `${noisy ? '~' : ''}${median.toFixed(2)} / ${p95.toFixed(2)}`;
}
