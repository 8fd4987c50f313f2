import { holm, stability } from '@ablate/analysis/schema';
import {
  type ComparedVariant,
  type Comparison,
  type DifferenceFromFirst,
  describeMetric,
  differencesFromFirst,
  type Estimate,
  type JudgedClaim,
  type RunEnvironment,
} from '../src/schema/index.ts';
import { networksSections, type Networks } from './findings-networks.ts';
import { table } from './markdown-table.ts';

const LEVEL = 0.95;
const NONE = '–';

/**
 * The findings page of a study as Markdown, from its comparison: the same comparison gives the same bytes.
 *
 * @param networks What it says of them beside the comparison.
 * @param notes Markdown written by hand, placed under a heading of its own.
 */
export function findingsPage(comparison: Comparison, notes: string | null, networks: Networks = []): string {
  const sections = [
    `# ${comparison.title}`,
    `The study is [\`experiments/${comparison.experiment}.yaml\`](../../../experiments/${comparison.experiment}.yaml). This page is written from [\`comparison.json\`](comparison.json) by \`npm run findings\`.`,
    setting(comparison),
    ...(notes === null ? [] : ['## Notes', notes.trim()]),
    '## Variants',
    variantTable(comparison.variants),
    explanation(comparison),
    ...networksSections(networks),
    ...differencesSection(comparison),
    ...claimsSection(comparison.claims),
    '## What it could and could not tell',
    limits(comparison),
  ];
  return `${sections.join('\n\n')}\n`;
}

function setting({ data, variants, unfair, environments }: Comparison): string {
  const budgets = new Set(
    variants.flatMap(({ epochs, batchSize }) =>
      epochs === undefined || batchSize === undefined ? [] : `${count(epochs, 'epoch')} in batches of ${batchSize}`,
    ),
  );
  // Each variant has the number of workers that it is fastest with.
  const machines = new Set(environments.map((environment) => JSON.stringify({ ...environment, workers: null })));
  const parts = `${whole(data.train)} to train${data.validation === 0 ? '' : `, ${whole(data.validation)} to validate`}, ${whole(data.test)} to test`;
  return [
    `- Data: ${data.name}, ${parts}.`,
    `- Training: ${[...budgets].join('; ')}.`,
    `- Fairness: ${unfair.length === 0 ? 'all variants were trained alike' : `variants were not trained alike in ${unfair.map((path) => `\`${path}\``).join(', ')}`}. No two variants are twins: a study with twins is refused.`,
    ...environments.map((environment) => `- ${describeEnvironment(environment)}`),
    ...(machines.size > 1 ? ['- Several environments: their times can not be compared.'] : []),
  ].join('\n');
}

function describeEnvironment({ machine, backend, workers, versions }: RunEnvironment): string {
  const data = typeof versions.data !== 'string' ? '' : `, data ${versions.data.slice(0, 12)}`;
  return `Machine: ${machine.cpu}, ${count(machine.cores, 'core')}, ${machine.platform}, Node ${machine.node}; backend ${backend}, workers ${workers}. Versions: TensorFlow.js ${versions.tfjs}, code ${versions.code.slice(0, 12)}${data}. What else the machine did meanwhile is not recorded.`;
}

function variantTable(variants: readonly ComparedVariant[]): string {
  const withGradients = variants.some(({ gradientRatio }) => gradientRatio !== undefined);
  const head = [
    'variant',
    'parameters',
    'MACs',
    'test accuracy',
    'train − test',
    'spread over seeds',
    'loss spikes',
    'training',
    batchTitle(variants),
    'one image',
    'sees',
    ...(withGradients ? ['gradient of the first kernel ÷ last'] : []),
  ];
  const rows = variants.map((variant) => [
    `\`${variant.name}\`${variant.title === variant.name ? '' : `: ${variant.title}`}`,
    whole(variant.parameters.trainable),
    whole(variant.macs),
    percent(variant.testAccuracy),
    points(variant.generalizationGap),
    spread(variant),
    variant.lossSpikes?.join(', ') ?? NONE,
    variant.trainSeconds === undefined ? NONE : `${variant.trainSeconds.toFixed(1)} s`,
    milliseconds(variant.inference?.batch),
    milliseconds(variant.inference?.image),
    `${variant.receptiveField.size.join('×')}${variant.receptiveField.global ? ' *' : ''}`,
    ...(withGradients ? [ratio(variant.gradientRatio)] : []),
  ]);
  return table(head, rows);
}

/** Mean over seeds, and the values. */
function ratio(estimate: Estimate | undefined): string {
  if (estimate === undefined) return NONE;
  return `${estimate.mean.toPrecision(2)} (${estimate.values.map((value) => value.toPrecision(2)).join(', ')})`;
}

function batchTitle(variants: readonly ComparedVariant[]): string {
  const sizes = new Set(variants.flatMap(({ inference }) => inference?.batchSize ?? []));
  return sizes.size === 0 ? 'a batch' : `${[...sizes].join(' or ')} images`;
}

function explanation({ variants }: Comparison): string {
  const seeds = new Set(variants.flatMap(({ seeds }) => (seeds.length === 0 ? [] : seeds.join(', '))));
  const global = variants.some(({ receptiveField }) => receptiveField.global)
    ? ' The star: a dense layer or a global pooling sees everything; the figure is what its inputs see.'
    : '';
  return `Seeds ${[...seeds].join('; ')}. Accuracies are means ± half a 95 % interval over seeds; “train − test” in percentage points, both in inference mode after training; the spread is the standard deviation of test accuracy and its range; loss spikes are steps whose training loss leapt, for each seed; times are medians over seeds, with ~ where the machine was too noisy for them. “Sees”: pixels of the input, height × width.${global}`;
}

function differencesSection(comparison: Comparison): string[] {
  const [first] = comparison.variants;
  const differences = differencesFromFirst(comparison, 'testAccuracy');
  if (first === undefined || differences.length === 0) return [];
  const rows = differences.map((difference) => [
    `\`${difference.variant}\``,
    interval(difference),
    difference.effectSize === null ? NONE : signed(difference.effectSize),
    chance(difference.p),
    chance(difference.corrected),
    difference.detectable === null ? NONE : `${(difference.detectable * 100).toFixed(2)} points`,
    verdictOf(difference, first.name),
  ]);
  return [
    `## Test accuracy against \`${first.name}\``,
    table(['variant', 'difference', 'd', 'p', 'p, Holm', 'could show', 'verdict'], rows),
    `Paired over seeds by Student's t; d is the mean over the standard deviation of the differences. The corrected p is for ${count(differences.filter(({ p }) => p !== null).length, 'comparison')} together. “Could show” is the least true difference that as many seeds would show four times in five, by the spread they had; at three seeds it is itself known only to about a factor of two.`,
  ];
}

function verdictOf({ mean, corrected, pairs }: DifferenceFromFirst, first: string): string {
  if (corrected === null) return 'can not be tested';
  if (corrected >= 1 - LEVEL) return `no difference that ${count(pairs, 'seed')} could show`;
  return `${mean > 0 ? 'better' : 'worse'} than \`${first}\``;
}

function claimsSection(claims: readonly JudgedClaim[]): string[] {
  if (claims.length === 0) return [];
  const chances = claims.map(({ difference }) => difference?.p ?? null);
  const corrected = correct(chances);
  const rows = claims.map(({ metric, better, than, by, verdict, reason, difference }, index) => [
    `\`${better}\` better than \`${than}\` in ${metric}${by === 0 ? '' : ` by ${by}`}`,
    verdict,
    difference === null ? NONE : claimed(difference, metric),
    chance(chances[index] ?? null),
    chance(corrected[index] ?? null),
    reason ?? '',
  ]);
  return [
    '## Claims',
    table(['claim', 'verdict', 'difference', 'p', 'p, Holm', 'why undecided'], rows),
    'Each verdict is that of its own interval, not corrected for the others; the corrected p says what is left of it among all claims with a p. Parameters and MACs follow from the network and need no test.',
  ];
}

function correct(chances: readonly (number | null)[]): (number | null)[] {
  const corrected = holm(chances.filter((p) => p !== null));
  let place = 0;
  return chances.map((p) => (p === null ? null : (corrected[place++] ?? null)));
}

function limits(comparison: Comparison): string {
  const { variants, data } = comparison;
  const [first] = variants;
  const differences = differencesFromFirst(comparison, 'testAccuracy');
  const shown = differences.filter(({ corrected }) => corrected !== null && corrected < 1 - LEVEL);
  const open = differences.filter(({ corrected }) => corrected !== null && corrected >= 1 - LEVEL);
  const untested = differences.filter(({ corrected }) => corrected === null);
  const broken = variants.filter(({ runs }) => runs.failed + runs.stopped > 0);
  const reach = open.flatMap(({ detectable }) => detectable ?? []);
  const lines = [
    shown.length === 0
      ? `- No variant differs in test accuracy from \`${first?.name}\` so that its seeds could show it, once corrected for ${count(differences.length, 'comparison')}.`
      : `- Differences in test accuracy from \`${first?.name}\` that hold after correction: ${shown.map((difference) => `\`${difference.variant}\` (${signedPoints(difference.mean)})`).join(', ')}.`,
    ...(open.length === 0 || shown.length === 0
      ? []
      : [`- No difference that the seeds could show: ${names(open)}. That is not “equal”.`]),
    ...(reach.length === 0
      ? []
      : [
          `- Where nothing was shown, a true difference would have had to be ${range(reach)} points to be shown four times in five before any correction; smaller ones may be there.`,
        ]),
    ...(untested.length === 0 ? [] : [`- Too few seeds, or no spread, to test: ${names(untested)}.`]),
    ...(broken.length === 0
      ? []
      : [
          `- Runs that failed or were stopped count for nothing above: ${broken.map(({ name, runs }) => `\`${name}\` (${runs.failed} failed, ${runs.stopped} stopped)`).join(', ')}.`,
        ]),
    ...variants.flatMap(({ name, notes = [] }) =>
      notes.map(({ seed, note }) => `- \`${name}\`, seed ${seed}: ${note}.`),
    ),
    `- All networks saw ${whole(data.train)} training images of ${data.name}${epochRange(variants)}: what a longer training or other data would say is not known.`,
    '- Seeds vary initial weights, order of the data and masks, not the test images: intervals do not cover the choice of these.',
  ];
  return lines.join('\n');
}

function epochRange(variants: readonly ComparedVariant[]): string {
  const epochs = [...new Set(variants.flatMap(({ epochs }) => epochs ?? []))];
  return epochs.length === 1 && epochs[0] !== undefined ? ` for ${count(epochs[0], 'epoch')}` : '';
}

function names(differences: readonly DifferenceFromFirst[]): string {
  return differences.map(({ variant }) => `\`${variant}\``).join(', ');
}

function range(shares: readonly number[]): string {
  const [least, most] = [Math.min(...shares), Math.max(...shares)].map((share) => (share * 100).toFixed(2));
  return least === most ? `${least}` : `${least} to ${most}`;
}

function interval({ mean, low, high }: DifferenceFromFirst): string {
  if (low === null || high === null) return signedPoints(mean);
  return `${signedPoints(mean)} [${signedPoints(low, '')}, ${signedPoints(high, '')}]`;
}

function claimed({ mean, low, high }: NonNullable<JudgedClaim['difference']>, metric: JudgedClaim['metric']): string {
  const { unit } = describeMetric(metric);
  const show = (value: number) => {
    const size = Math.abs(value);
    const text =
      unit === 'share' ? (size * 100).toFixed(2) : unit === 'count' ? whole(size) : String(Number(size.toPrecision(3)));
    return `${sign(value)}${text}`;
  };
  const name = unit === 'share' ? ' points' : unit === 'count' || unit === 'ratio' ? '' : ` ${unit}`;
  const bounds = low === null || high === null ? '' : ` [${show(low)}, ${show(high)}]`;
  return `${show(mean)}${name}${bounds}`;
}

function spread({ testAccuracy }: ComparedVariant): string {
  if (testAccuracy === undefined || testAccuracy.values.length < 2) return NONE;
  const { std, range } = stability(testAccuracy.values);
  return std === null ? NONE : `${(std * 100).toFixed(2)} (${(range * 100).toFixed(2)})`;
}

function percent(value: Estimate | undefined): string {
  if (value === undefined) return NONE;
  const mean = (value.mean * 100).toFixed(2);
  return `${mean}${margin(value)} %`;
}

function points(value: Estimate | undefined): string {
  return value === undefined ? NONE : `${signedPoints(value.mean, '')}${margin(value)}`;
}

function margin({ low, high }: Estimate): string {
  return low === undefined || high === undefined ? '' : ` ± ${((high - low) * 50).toFixed(2)}`;
}

function signedPoints(share: number, unit = ' points'): string {
  return `${sign(share)}${Math.abs(share * 100).toFixed(2)}${unit}`;
}

function signed(value: number): string {
  return `${sign(value)}${Math.abs(value).toFixed(1)}`;
}

function sign(value: number): string {
  return value < 0 ? '−' : '+';
}

function chance(p: number | null): string {
  if (p === null) return NONE;
  return p < 0.001 ? '< 0.001' : p.toPrecision(2);
}

function milliseconds(latency: NonNullable<ComparedVariant['inference']>['batch'] | undefined): string {
  return latency === undefined ? NONE : `${latency.noisy ? '~' : ''}${latency.median.toPrecision(3)} ms`;
}

function whole(value: number): string {
  return value.toLocaleString('en');
}

function count(number: number, what: string): string {
  return `${whole(number)} ${what}${number === 1 ? '' : 's'}`;
}
