/** What assembly/index.ts exports. Every number is a byte address, a count or a scalar; see there for the layouts. */
export interface KernelExports {
  fusesMultiplyAdd(one: number): number;
  pack(
    source: number,
    panels: number,
    taps: number,
    tapStride: number,
    depth: number,
    depthStride: number,
    cols: number,
    colStride: number,
  ): void;
  matmul(a: number, rowStride: number, panels: number, out: number, rows: number, cols: number, depth: number): void;
  matmulTransposed(
    a: number,
    panels: number,
    columns: number,
    out: number,
    rows: number,
    cols: number,
    depth: number,
  ): void;
  frameImage(
    image: number,
    frame: number,
    height: number,
    width: number,
    channels: number,
    frameHeight: number,
    frameWidth: number,
    top: number,
    left: number,
    spreadY: number,
    spreadX: number,
  ): void;
  unframeImage(
    frame: number,
    image: number,
    height: number,
    width: number,
    channels: number,
    frameHeight: number,
    frameWidth: number,
    top: number,
    left: number,
  ): void;
  convolveFrame(
    frame: number,
    panels: number,
    out: number,
    frameWidth: number,
    channels: number,
    kernelHeight: number,
    kernelWidth: number,
    strideY: number,
    strideX: number,
    dilationY: number,
    dilationX: number,
    outHeight: number,
    outWidth: number,
    filters: number,
  ): void;
  filterGradientFrame(
    frame: number,
    gradient: number,
    sums: number,
    frameWidth: number,
    channels: number,
    kernelHeight: number,
    kernelWidth: number,
    strideY: number,
    strideX: number,
    dilationY: number,
    dilationX: number,
    outHeight: number,
    outWidth: number,
    filters: number,
  ): void;
  unpackFilterGradient(sums: number, out: number, stretches: number, count: number, filters: number): void;
  gatherTaps(
    frame: number,
    rows: number,
    first: number,
    count: number,
    frameWidth: number,
    channels: number,
    kernelHeight: number,
    stretch: number,
    wide: number,
    strideY: number,
    strideX: number,
    dilationY: number,
    outWidth: number,
  ): void;
  transposedProduct(a: number, b: number, sums: number, count: number, rows: number, groups: number): void;
  widenRows(source: number, target: number, rows: number, from: number, to: number): void;
  winogradInput(
    image: number,
    planes: number,
    planeStride: number,
    patch: number,
    first: number,
    count: number,
    originY: number,
    originX: number,
    tilesY: number,
    tilesX: number,
    short: number,
    height: number,
    width: number,
    channels: number,
    wide: number,
    top: number,
    left: number,
  ): void;
  winogradOutputGradient(
    image: number,
    planes: number,
    planeStride: number,
    patch: number,
    first: number,
    count: number,
    originY: number,
    originX: number,
    tilesY: number,
    tilesX: number,
    short: number,
    height: number,
    width: number,
    channels: number,
    wide: number,
  ): void;
  winogradOutput(
    planes: number,
    planeStride: number,
    image: number,
    patch: number,
    bias: number,
    activation: number,
    first: number,
    count: number,
    originY: number,
    originX: number,
    tilesY: number,
    tilesX: number,
    short: number,
    height: number,
    width: number,
    channels: number,
    wide: number,
  ): void;
  winogradFilter(
    panels: number,
    planes: number,
    planeStride: number,
    scratch: number,
    groups: number,
    depth: number,
  ): void;
  winogradProduct(
    inputs: number,
    inputStride: number,
    filters: number,
    filterStride: number,
    outputs: number,
    outputStride: number,
    count: number,
    wide: number,
    depth: number,
    groups: number,
    short: number,
  ): void;
  winogradFilterProduct(
    inputs: number,
    inputStride: number,
    gradients: number,
    gradientStride: number,
    sums: number,
    sumStride: number,
    count: number,
    rows: number,
    groups: number,
    short: number,
  ): void;
  winogradTaps(sums: number, sumStride: number, taps: number, scratch: number, rows: number, groups: number): void;
  depthwiseForward: DepthwiseKernel;
  depthwiseInputGradient: DepthwiseKernel;
  depthwiseFilterGradient: DepthwiseKernel;
  depthwise3x3(
    frame: number,
    filter: number,
    out: number,
    frameWidth: number,
    channels: number,
    strideY: number,
    strideX: number,
    dilationY: number,
    outHeight: number,
    outWidth: number,
    turned: number,
  ): void;
  depthwise3x3FilterGradient(
    frame: number,
    filterGradient: number,
    gradient: number,
    frameWidth: number,
    channels: number,
    strideY: number,
    strideX: number,
    dilationY: number,
    outHeight: number,
    outWidth: number,
  ): void;
  depthwise3x3InputGradient2(
    gradient: number,
    filter: number,
    inputGradient: number,
    zeros: number,
    images: number,
    height: number,
    width: number,
    channels: number,
    top: number,
    left: number,
    outHeight: number,
    outWidth: number,
  ): void;
  maxPool(input: number, out: number, ...windows: PoolWindows): void;
  maxPool2x2(input: number, out: number, width: number, channels: number, outHeight: number, outWidth: number): void;
  maxPoolGradient(
    input: number,
    gradient: number,
    inputGradient: number,
    height: number,
    width: number,
    channels: number,
    windowHeight: number,
    windowWidth: number,
    strideY: number,
    strideX: number,
    dilationY: number,
    dilationX: number,
    top: number,
    left: number,
    outHeight: number,
    outWidth: number,
  ): void;
  maxPoolGradient2x2(
    input: number,
    gradient: number,
    inputGradient: number,
    width: number,
    channels: number,
    outHeight: number,
    outWidth: number,
  ): void;
  batchMoments(x: number, mean: number, variance: number, scratch: number, rows: number, channels: number): void;
  scaleShift(
    x: number,
    scale: number,
    shift: number,
    addend: number,
    out: number,
    rows: number,
    channels: number,
    rectify: number,
  ): void;
  batchNormSums(
    x: number,
    dy: number,
    mean: number,
    scale: number,
    shift: number,
    sums: number,
    dots: number,
    scratch: number,
    rows: number,
    channels: number,
    rectify: number,
  ): void;
  batchNormInputGradient(
    x: number,
    dy: number,
    scale: number,
    shift: number,
    a: number,
    b: number,
    d: number,
    out: number,
    rows: number,
    channels: number,
    rectify: number,
  ): void;
  softmaxGradient(y: number, dy: number, out: number, rows: number, width: number): void;
  averagePoolGradient(
    gradient: number,
    inputGradient: number,
    ...windowsAndShare: [...windows: PoolWindows, share: number]
  ): void;
  layerNorm(
    x: number,
    gamma: number,
    beta: number,
    out: number,
    means: number,
    inverses: number,
    rows: number,
    channels: number,
    epsilon: number,
  ): void;
  layerNormGradient(
    x: number,
    dy: number,
    gamma: number,
    means: number,
    inverses: number,
    dx: number,
    dGamma: number,
    dBeta: number,
    totals: number,
    rows: number,
    channels: number,
  ): void;
  groupNorm(
    x: number,
    gamma: number,
    beta: number,
    out: number,
    means: number,
    inverses: number,
    scratch: number,
    batch: number,
    pixels: number,
    channels: number,
    groups: number,
    epsilon: number,
  ): void;
  groupNormGradient(
    x: number,
    dy: number,
    gamma: number,
    means: number,
    inverses: number,
    dx: number,
    dGamma: number,
    dBeta: number,
    scratch: number,
    batch: number,
    pixels: number,
    channels: number,
    groups: number,
  ): void;
  addBias(out: number, bias: number, rows: number, channels: number, activation: number): void;
  columnSums(x: number, sums: number, totals: number, rows: number, channels: number): void;
  reluGradient(y: number, dy: number, out: number, count: number): void;
  biasActivationGradient(
    y: number,
    dy: number,
    out: number,
    sums: number,
    totals: number,
    rows: number,
    channels: number,
    top: number,
  ): void;
  addRelu(a: number, b: number, out: number, count: number): void;
  valueFunction(code: number, x: number, out: number, count: number): void;
  valueFunctionGradient(code: number, x: number, dy: number, out: number, count: number): void;
  leakyRelu(x: number, out: number, count: number, alpha: number): void;
  pairFunction(code: number, a: number, b: number, out: number, ...extentsAndSteps: FourTimesThree): void;
  copyRows(from: number, to: number, rows: number, length: number, fromStride: number, toStride: number): void;
  segmentSum(x: number, ids: number, out: number, rows: number, width: number, segments: number): void;
  sgdStep(weights: number, gradient: number, count: number, rate: number, l2: number): void;
  momentumStep(
    weights: number,
    gradient: number,
    velocity: number,
    count: number,
    rate: number,
    momentum: number,
    nesterov: number,
    l2: number,
  ): void;
  adamStep(
    weights: number,
    gradient: number,
    m: number,
    v: number,
    count: number,
    rate: number,
    beta1: number,
    keep1: number,
    beta2: number,
    keep2: number,
    inverseRoot: number,
    epsilon: number,
    l2: number,
    shrink: number,
  ): void;
  emaStep(average: number, values: number, count: number, decay: number, keep: number): void;
  rmspropStep(
    weights: number,
    gradient: number,
    v: number,
    velocity: number,
    count: number,
    rate: number,
    rho: number,
    keep: number,
    momentum: number,
    epsilon: number,
    l2: number,
  ): void;
  dropout(
    x: number,
    out: number,
    rows: number,
    width: number,
    key0: number,
    key1: number,
    firstRow: number,
    stepLow: number,
    stepHigh: number,
    rate: number,
    scale: number,
  ): void;
}

/** How pooling windows lie on an image. */
export type PoolWindows = [
  height: number,
  width: number,
  channels: number,
  windowHeight: number,
  windowWidth: number,
  strideY: number,
  strideX: number,
  top: number,
  left: number,
  outHeight: number,
  outWidth: number,
];

type Four = [number, number, number, number];
type FourTimesThree = [...extents: Four, ...stepsOfA: Four, ...stepsOfB: Four];

type DepthwiseKernel = (
  frame: number,
  filter: number,
  out: number,
  frameWidth: number,
  channels: number,
  multiplier: number,
  kernelHeight: number,
  kernelWidth: number,
  strideY: number,
  strideX: number,
  dilationY: number,
  dilationX: number,
  outHeight: number,
  outWidth: number,
) => void;
