import { architectures, blockSchemas, knownLayerTypes } from '@ablate/architectures/schema';
import { datasetDescriptions } from '@ablate/datasets/schema';
import { analyses, describeMetric, type MetricName, metricNames } from '@ablate/experiment/schema';
import { describeLayer, layerDescriptors } from '@ablate/layers/schema';
import { backendDescriptions } from '@ablate/tensor-backends/schema';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../program.ts';

const lists: Readonly<Record<string, () => [name: string, what: string][]>> = {
  architectures: () => Object.entries(architectures).map(([name, { summary }]) => [name, summary]),
  layers: () => knownLayerTypes().map((name) => [name, summaryOfLayer(name)]),
  datasets: () => datasetDescriptions.map(({ name, summary, needs }) => [name, `${summary}; needs ${needs}`]),
  backends: () => Object.entries(backendDescriptions),
  metrics: () => metricNames.map((name) => [name, summaryOfMetric(name)]),
  analyses: () => Object.entries(analyses).map(([name, { summary }]) => [name, summary]),
};

/** Prints the names of one kind, each with what it is. */
export function listNames(what: string, terminal: Terminal): ExitCode {
  const list = Object.hasOwn(lists, what) ? lists[what] : undefined;
  if (list === undefined) {
    terminal.err(`ablate list: "${what}" can't be listed. Name one of: ${Object.keys(lists).join(', ')}.\n`);
    return exitCodes.wrong;
  }
  const rows = list();
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, text] of rows) terminal.out(`${name.padEnd(width)}  ${text}\n`);
  return exitCodes.done;
}

function summaryOfMetric(name: MetricName): string {
  const { summary, better, unit, analysis } = describeMetric(name);
  const needs = analysis === undefined ? '' : `; needs analysis: [${analysis}]`;
  return `${summary} (${unit}; ${better} is better${needs})`;
}

/** Layers have descriptors; blocks, which hold layers, describe themselves. */
function summaryOfLayer(name: string): string {
  if (Object.hasOwn(layerDescriptors, name)) return describeLayer(name).summary;
  return blockSchemas[name as keyof typeof blockSchemas].description ?? '';
}
