import type { VariantMatch } from '@ablate/experiment/schema';

/** `matched to 50,000 parameters: reached 49,873 (−0.25 %), widths ×0.83: conv2d_1 32 → 27, …`. */
export function describeMatch({ measure, target, tolerance, reached, multiplier, changed }: VariantMatch): string {
  const wanted = `${count(target)} ${measure === 'macs' ? 'MACs' : 'parameters'}`;
  const share = (reached - target) / target;
  const off = `${share < 0 ? '−' : '+'}${(Math.abs(share) * 100).toFixed(2)} %`;
  if (changed.length === 0) {
    return `within ${Number((tolerance * 100).toPrecision(3))} % of ${wanted} as written: ${count(reached)} (${off})`;
  }
  const widths = changed.map(({ id, from, to }) => `${id} ${from} → ${to}`).join(', ');
  return `matched to ${wanted}: reached ${count(reached)} (${off}), widths ×${Number(multiplier.toPrecision(2))}: ${widths}`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
