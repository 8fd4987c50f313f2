import { describeMetric, type JudgedClaim, type MetricDescription } from '@ablate/experiment/schema';

type Difference = NonNullable<JudgedClaim['difference']>;

/** `held: cnn better than fc in testAccuracy: +1.23 points [0.98, 1.48], p = 0.002, 3 seeds`. */
export function describeClaim({ metric, better, than, by, level, verdict, reason, difference }: JudgedClaim): string {
  const { unit, exact } = describeMetric(metric);
  const least = by === 0 ? '' : ` by ${amount(by, unit)}`;
  const claimed = `${verdict}: ${better} better than ${than} in ${metric}${least}`;
  const why = reason === undefined ? '' : `; ${reason}`;
  if (difference === null) return claimed + why;
  const found = exact === true ? signed(difference.mean, unit) : estimate(difference, level, unit);
  return `${claimed}: ${found}${why}`;
}

function estimate({ mean, low, high, p, pairs }: Difference, level: number, unit: MetricDescription['unit']): string {
  const interval =
    low === null || high === null
      ? ''
      : `, ${Number((level * 100).toPrecision(6))} % interval ${signed(low, unit)} to ${signed(high, unit)}`;
  const chance = p === null ? '' : `, p ${p < 0.001 ? '< 0.001' : `= ${p.toPrecision(2)}`}`;
  return `${signed(mean, unit)}${interval}${chance}, ${pairs} ${pairs === 1 ? 'seed' : 'seeds'}`;
}

function signed(value: number, unit: MetricDescription['unit']): string {
  return `${value < 0 ? '−' : '+'}${amount(Math.abs(value), unit)}`;
}

/** Shares differ by percentage points. */
function amount(value: number, unit: MetricDescription['unit']): string {
  if (unit === 'share') return `${(value * 100).toFixed(2)} points`;
  if (unit === 'count') return value.toLocaleString('en');
  return `${Number(value.toPrecision(3))}${unit === 'ratio' ? '' : ` ${unit}`}`;
}
