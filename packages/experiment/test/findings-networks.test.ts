import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { collectNetworks, networksSchema, networksSections } from '../scripts/findings-networks.ts';
import { writeAnalysis } from '../src/node/analysis-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'ablate-networks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const tile = { height: 1, width: 1, channels: 1, pixels: Buffer.of(7).toString('base64') };
const layer = (id: string, size?: number) => ({
  id,
  receptiveField: size === undefined ? { kind: 'global' } : { kind: 'window', size: [size, size] },
});

test('what the first seed of each variant says of its network, as far as it was asked', () => {
  const [asked, other] = [join(folder, 'asked/seed-4'), join(folder, 'other/seed-1')];
  const rows = [layer('conv1', 3), layer('relu', 3), layer('pool', 4), layer('dense')];
  writeAnalysis(asked, 'receptive-field', { rows });
  writeAnalysis(asked, 'effective-receptive-field', {
    layer: 'pool',
    images: 8,
    size: 2.46,
    height: 1,
    width: 1,
    map: [1],
  });
  writeAnalysis(asked, 'first-layer-kernels', { layer: 'conv1', tiles: [[tile]] });
  writeAnalysis(other, 'first-layer-kernels', { notApplicable: 'the network has no convolution' });
  const variants = [
    { name: 'asked', seeds: [4, 5] },
    { name: 'other', seeds: [1] },
    { name: 'failed', seeds: [] },
  ];
  const networks = networksSchema.parse(collectNetworks(folder, variants, folder));
  expect(networks).toEqual([
    {
      variant: 'asked',
      seed: 4,
      fields: [
        { layer: 'conv1', size: [3, 3] },
        { layer: 'pool', size: [4, 4] },
      ],
      effective: { layer: 'pool', images: 8, size: 2.46 },
      pictures: { kernels: 'pictures/asked-kernels.png', effective: 'pictures/asked-effective.png' },
    },
    { variant: 'other', seed: 1, fields: [], effective: null, pictures: {} },
  ]);
  expect(readFileSync(join(folder, 'pictures/asked-kernels.png')).subarray(1, 4).toString()).toBe('PNG');
  const page = networksSections(networks).join('\n');
  expect(page).toContain('| `asked` | `conv1` 3×3, `pool` 4×4 | 2.5 after `pool` |');
  expect(page).toContain('| variant | kernels | effective receptive field |');
  expect(page).toContain(
    '| `asked` | ![kernels of asked](pictures/asked-kernels.png) | ![effective receptive field of asked](pictures/asked-effective.png) |',
  );
  expect(page).not.toContain('other');
});

test('a study that asks for none of it has no such sections', () => {
  expect(networksSections([{ variant: 'a', seed: 1, fields: [], effective: null, pictures: {} }])).toEqual([]);
});
