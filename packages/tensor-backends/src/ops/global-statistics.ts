import { collective } from './collective.ts';

/** What is known of rows, per channel: their mean, and the sum of squared differences from it. In double precision. */
export interface Statistics {
  rows: number;
  mean: Float64Array;
  squares: Float64Array;
}

/**
 * The statistics of the global batch from those of this replica's rows, merged in the order of the replicas as in Chan,
 * Golub and LeVeque 1979. Alone, they are the same. A replica without rows must call it too.
 */
export function globalStatistics(local: Statistics): Statistics {
  const { index, count } = collective();
  if (count === 1) return local;
  const channels = local.mean.length;
  const width = 1 + 2 * channels;
  // A place for each replica, zero in the others': the sum brings all to all, unrounded.
  const places = new Float64Array(count * width);
  places[index * width] = local.rows;
  if (local.rows > 0) {
    places.set(local.mean, index * width + 1);
    places.set(local.squares, index * width + 1 + channels);
  }
  collective().sum(places);
  const merged: Statistics = { rows: 0, mean: new Float64Array(channels), squares: new Float64Array(channels) };
  for (let replica = 0; replica < count; replica++) {
    const place = places.subarray(replica * width, (replica + 1) * width);
    const rows = place[0] as number;
    if (rows > 0) merge(merged, rows, place.subarray(1, 1 + channels), place.subarray(1 + channels));
  }
  return merged;
}

function merge(into: Statistics, rows: number, mean: Float64Array, squares: Float64Array): void {
  const total = into.rows + rows;
  for (let c = 0; c < mean.length; c++) {
    const delta = (mean[c] as number) - (into.mean[c] as number);
    const apart = (delta * delta * into.rows * rows) / total;
    into.mean[c] = (into.mean[c] as number) + (delta * rows) / total;
    into.squares[c] = (into.squares[c] as number) + (squares[c] as number) + apart;
  }
  into.rows = total;
}

/** What the backward pass sums over rows, per channel: dy, and dy · (x − mean). In double precision. */
export interface GradientSums {
  rows: number;
  sums: Float64Array;
  dots: Float64Array;
}

/** The sums over the global batch, from those of this replica's rows. Alone, they are the same. */
export function globalGradientSums(local: GradientSums): GradientSums {
  if (collective().count === 1) return local;
  const channels = local.sums.length;
  const values = Float64Array.of(local.rows, ...local.sums, ...local.dots);
  collective().sum(values);
  return {
    rows: values[0] as number,
    sums: values.subarray(1, 1 + channels),
    dots: values.subarray(1 + channels),
  };
}
