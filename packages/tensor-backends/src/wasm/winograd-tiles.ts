/** Outputs along an axis of a whole tile, and the planes that it takes: F(4, 3). */
const WHOLE = { outputs: 4, planes: 6 };
/** The same of a short one, F(2, 3): at the end of an axis that leaves it one or two outputs. */
const SHORT = { outputs: 2, planes: 4 };

/** What the kernels call `short`: the tiles have two rows, or two columns, of outputs. */
const SHORT_Y = 1;
const SHORT_X = 2;

/** Tiles of one kind, side by side: those of an image's inside, its lower or right edge, or its corner. */
export interface TileRegion {
  /** Output pixel of the first tile. */
  originY: number;
  originX: number;
  tilesY: number;
  tilesX: number;
  /** 0, or a sum of 1 (two rows) and 2 (two columns). */
  short: number;
}

/** The tiles of an image of these outputs, by kind. */
export function tileRegions(height: number, width: number): TileRegion[] {
  return stretches(height).flatMap((y) =>
    stretches(width).map((x) => ({
      originY: y.origin,
      originX: x.origin,
      tilesY: y.tiles,
      tilesX: x.tiles,
      short: (y.short ? SHORT_Y : 0) + (x.short ? SHORT_X : 0),
    })),
  );
}

/** Multiplications that an image takes, for each pair of channels. */
export function productsOf(height: number, width: number): number {
  const along = (extent: number) =>
    stretches(extent).reduce((sum, { tiles, short }) => sum + tiles * (short ? SHORT : WHOLE).planes, 0);
  return along(height) * along(width);
}

function stretches(extent: number): { origin: number; tiles: number; short: boolean }[] {
  const rest = extent % WHOLE.outputs;
  const short = rest > 0 && rest <= SHORT.outputs;
  const whole = short ? (extent - rest) / WHOLE.outputs : Math.ceil(extent / WHOLE.outputs);
  const all = [
    { origin: 0, tiles: whole, short: false },
    { origin: whole * WHOLE.outputs, tiles: short ? 1 : 0, short: true },
  ];
  return all.filter(({ tiles }) => tiles > 0);
}
