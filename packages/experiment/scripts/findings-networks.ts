import { join } from 'node:path';
import { z } from 'zod';
import { analysisImages } from '../src/images/analysis-images.ts';
import { enlarged } from '../src/images/enlarged.ts';
import { encodePng } from '../src/images/png.ts';
import { readAnalysis } from '../src/node/analysis-files.ts';
import { writeFileWhole } from '../src/node/write-file.ts';
import type { AnalysisName, ComparedVariant } from '../src/schema/index.ts';
import { table } from './markdown-table.ts';

const extent = z.tuple([z.number(), z.number()]);

/** networks.json: what a run of each variant says of its network, as far as its study asks. */
export const networksSchema = z.array(
  z.strictObject({
    variant: z.string(),
    seed: z.number(),
    /** Layers that see more of the input than all before them. */
    fields: z.array(z.strictObject({ layer: z.string(), size: extent })),
    effective: z.strictObject({ layer: z.string(), images: z.number(), size: z.number() }).nullable(),
    /** Below the page's folder, by what they show. */
    pictures: z.partialRecord(z.enum(['kernels', 'activations', 'effective']), z.string()),
  }),
);
export type Networks = z.output<typeof networksSchema>;

const receptiveFieldSchema = z.object({
  rows: z.array(z.object({ id: z.string(), receptiveField: z.object({ kind: z.string(), size: extent.optional() }) })),
});
const effectiveSchema = z.object({ layer: z.string(), images: z.number(), size: z.number() });

/** Which picture of an analysis is shown: the first under this name. */
const PICTURES: { shows: keyof Networks[number]['pictures']; analysis: AnalysisName; tag: RegExp }[] = [
  { shows: 'kernels', analysis: 'first-layer-kernels', tag: /./ },
  { shows: 'activations', analysis: 'feature-maps', tag: /image-\d+$/ },
  { shows: 'effective', analysis: 'effective-receptive-field', tag: /./ },
];

/**
 * What the first seed of each variant says of its network.
 *
 * @param results Folder of the study's results.
 * @param page Folder of its page: pictures are written below it.
 */
export function collectNetworks(
  results: string,
  variants: readonly Pick<ComparedVariant, 'name' | 'seeds'>[],
  page: string,
): Networks {
  return variants.flatMap(({ name: variant, seeds: [seed] }) => {
    if (seed === undefined) return [];
    const run = join(results, variant, `seed-${seed}`);
    const effective = effectiveSchema.safeParse(readAnalysis(run, 'effective-receptive-field')).data ?? null;
    const pictures = PICTURES.flatMap(({ shows, analysis, tag }) => {
      const value = readAnalysis(run, analysis);
      const [, image] = (value && analysisImages(analysis, value).find(([name]) => tag.test(name))) ?? [];
      if (image === undefined) return [];
      const path = `pictures/${variant}-${shows}.png`;
      writeFileWhole(join(page, path), encodePng(enlarged(image, 160)));
      return [[shows, path] as const];
    });
    return [{ variant, seed, fields: growingFields(run), effective, pictures: Object.fromEntries(pictures) }];
  });
}

function growingFields(run: string): Networks[number]['fields'] {
  const analysis = receptiveFieldSchema.safeParse(readAnalysis(run, 'receptive-field')).data;
  let largest = [1, 1];
  return (analysis?.rows ?? []).flatMap(({ id, receptiveField: { size } }, index) => {
    if (size === undefined || (index > 0 && size.every((one, axis) => one <= (largest[axis] ?? 0)))) return [];
    largest = size;
    return [{ layer: id, size }];
  });
}

/** Sections on what networks see, and what their first layers make of an image; none where no study asked. */
export function networksSections(networks: Networks): string[] {
  return [...fieldsSection(networks), ...picturesSection(networks)];
}

function fieldsSection(networks: Networks): string[] {
  const images = new Set(networks.flatMap(({ effective }) => effective?.images ?? []));
  const rows = networks.flatMap(({ variant, fields, effective }) =>
    fields.length === 0
      ? []
      : [
          [
            `\`${variant}\``,
            fields.map(({ layer, size }) => `\`${layer}\` ${square(size)}`).join(', '),
            ...(images.size === 0
              ? []
              : [effective === null ? '–' : `${effective.size.toFixed(1)} after \`${effective.layer}\``]),
          ],
        ],
  );
  if (rows.length === 0) return [];
  const measured =
    images.size === 0
      ? ''
      : ` The effective one is what pixels weigh once it is trained: the root of the number of pixels whose gradient is above 4.55 % of the largest (Luo et al. 2016), the mean over ${[...images].join(' or ')} test images of one seed.`;
  return [
    '## What each network sees',
    table(
      [
        'variant',
        'receptive field in pixels after each layer that widens it',
        ...(images.size === 0 ? [] : ['effective']),
      ],
      rows,
    ),
    `The theoretical receptive field follows from kernels and strides.${measured}`,
  ];
}

/** Columns of pictures: what they are called, and what they show. */
const COLUMNS = {
  kernels: ['kernels', 'kernels of the first convolution'],
  activations: ['activations', 'what the first of the layers that were looked at makes of the first test image'],
  effective: ['effective receptive field', 'which pixels of the input change the middle of the last feature map'],
} as const satisfies Record<keyof Networks[number]['pictures'], unknown>;

function picturesSection(networks: Networks): string[] {
  const shown = networks.filter(({ pictures }) => Object.keys(pictures).length > 0);
  const columns = PICTURES.map(({ shows }) => shows).filter((shows) => shown.some(({ pictures }) => shows in pictures));
  if (columns.length === 0) return [];
  const rows = shown.map(({ variant, pictures }) => [
    `\`${variant}\``,
    ...columns.map((column) => {
      const path = pictures[column];
      return path === undefined ? '–' : `![${COLUMNS[column][0]} of ${variant}](${path})`;
    }),
  ]);
  const what = columns.map((column) => COLUMNS[column][1]).join('; ');
  return [
    '## Pictures',
    table(['variant', ...columns.map((column) => COLUMNS[column][0])], rows),
    `${what.charAt(0).toUpperCase()}${what.slice(1)}. Each tile goes from its least value (black) to its largest (white), so that one of a single value, such as a 1×1 kernel, is black. Seed ${[...new Set(shown.map(({ seed }) => seed))].join(', ')}.`,
  ];
}

function square([height, width]: [number, number]): string {
  return `${height}×${width}`;
}
