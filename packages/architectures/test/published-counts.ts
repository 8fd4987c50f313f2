/** Numbers of parameters as someone else counted them, and multiply-accumulates. */
export interface PublishedCount {
  name: string;
  options?: Record<string, unknown>;
  /** CIFAR-10's images and classes, or ImageNet's; or others. */
  data: 'cifar' | 'imagenet' | { inputShape: number[]; classes: number };
  trainable: number;
  /** Running means and variances, where the source counts them. */
  nonTrainable?: number;
  from: string;
}

const torchvision = 'torchvision 0.15, `num_params` of the weights';
const keras = 'keras.io/api/applications, 2.15 (its total is both kinds together)';
const imgclsmob = 'github.com/osmr/imgclsmob, table of models';
const study = 'the reference study';
const heDerived =
  'derived, n blocks a stage: 9·(3·16 + 16²·2n + 16·32 + 32²·(2n − 1) + 32·64 + 64²·(2n − 1)) + 2·(16 + 112·2n) + 650';
const heCounted =
  'counted from a PyTorch implementation that pads as the paper does (akamaster/pytorch_resnet_cifar10)';
const projectedDerived = 'derived: option A plus two 1×1 convolutions with batch norm, 576 + 2176';
const wrn = 'a JAX re-implementation that lists its parameters; the paper prints 2.7M';
const kuangliu = 'models of kuangliu/pytorch-cifar, as counted with thop in a fork of it, and in NeuralFuse, table 7';

/** Every architecture but the depths between, to the unit. */
export const publishedCounts: PublishedCount[] = [
  {
    name: 'mlp',
    options: { batchNorm: true, dropout: 0.5 },
    data: { inputShape: [28, 28, 1], classes: 10 },
    trainable: 70_090,
    nonTrainable: 640,
    from: study,
  },
  { name: 'simple-cnn', data: { inputShape: [28, 28, 1], classes: 10 }, trainable: 50_186, from: study },
  { name: 'residual-cnn', data: { inputShape: [28, 28, 1], classes: 10 }, trainable: 163_466, from: study },
  {
    name: 'lenet-5',
    data: { inputShape: [32, 32, 1], classes: 10 },
    trainable: 61_706,
    from: 'derived: 156 + 2416 + 48,120 + 10,164 + 850, the count that many implementations print',
  },
  {
    name: 'lenet-5',
    data: { inputShape: [28, 28, 1], classes: 10 },
    trainable: 61_706,
    from: 'the same: a frame of zeros makes 32×32 of it',
  },
  { name: 'vgg-11', data: 'imagenet', trainable: 132_863_336, from: torchvision },
  { name: 'vgg-13', data: 'imagenet', trainable: 133_047_848, from: torchvision },
  { name: 'vgg-16', data: 'imagenet', trainable: 138_357_544, from: `${torchvision}; ${keras}` },
  { name: 'vgg-19', data: 'imagenet', trainable: 143_667_240, from: `${torchvision}; ${keras}` },
  { name: 'vgg-11', options: { norm: 'batch' }, data: 'imagenet', trainable: 132_868_840, from: torchvision },
  { name: 'vgg-16', options: { norm: 'batch' }, data: 'imagenet', trainable: 138_365_992, from: torchvision },
  ...(
    [
      ['vgg-11', 9_231_114],
      ['vgg-13', 9_416_010],
      ['vgg-16', 14_728_266],
      ['vgg-19', 20_040_522],
    ] as const
  ).map(([name, trainable]) => ({
    name,
    options: { norm: 'batch' },
    data: 'cifar' as const,
    trainable,
    from: kuangliu,
  })),
  { name: 'resnet-20', data: 'cifar', trainable: 269_722, from: heDerived },
  { name: 'resnet-32', data: 'cifar', trainable: 464_154, from: heDerived },
  { name: 'resnet-44', data: 'cifar', trainable: 658_586, from: heDerived },
  { name: 'resnet-56', data: 'cifar', trainable: 853_018, from: heCounted },
  { name: 'resnet-110', data: 'cifar', trainable: 1_727_962, from: heCounted },
  ...(
    [
      ['resnet-20', 272_474],
      ['resnet-56', 855_770],
      ['resnet-110', 1_730_714],
    ] as const
  ).map(([name, trainable]) => ({
    name,
    options: { shortcut: 'projected' },
    data: 'cifar' as const,
    trainable,
    from: imgclsmob,
  })),
  {
    name: 'resnet-32',
    options: { shortcut: 'projected' },
    data: 'cifar',
    trainable: 466_906,
    from: projectedDerived,
  },
  { name: 'plain-20', data: 'cifar', trainable: 269_722, from: 'resnet-20: its shortcuts have no parameters' },
  { name: 'plain-56', data: 'cifar', trainable: 853_018, from: 'resnet-56: its shortcuts have no parameters' },
  {
    name: 'se-resnet-20',
    options: { shortcut: 'projected' },
    data: 'cifar',
    trainable: 274_847,
    from: `${imgclsmob}; derived: 272,474 + 3·(49 + 162 + 580)`,
  },
  { name: 'se-resnet-56', options: { shortcut: 'projected' }, data: 'cifar', trainable: 862_889, from: imgclsmob },
  { name: 'se-resnet-110', options: { shortcut: 'projected' }, data: 'cifar', trainable: 1_744_952, from: imgclsmob },
  { name: 'pre-resnet-20', data: 'cifar', trainable: 272_282, from: imgclsmob },
  { name: 'pre-resnet-56', data: 'cifar', trainable: 855_578, from: imgclsmob },
  { name: 'pre-resnet-110', data: 'cifar', trainable: 1_730_522, from: imgclsmob },
  { name: 'pre-resnet-164', data: 'cifar', trainable: 1_703_258, from: imgclsmob },
  { name: 'wide-resnet-16-4', data: 'cifar', trainable: 2_748_890, from: wrn },
  { name: 'wide-resnet-40-4', data: 'cifar', trainable: 8_949_210, from: wrn },
  {
    name: 'wide-resnet-40-2',
    data: 'cifar',
    trainable: 2_243_546,
    from: 'a PyTorch re-implementation that lists 2,243,546; the paper prints 2.2M',
  },
  {
    name: 'wide-resnet-22-8',
    data: 'cifar',
    trainable: 17_158_106,
    from: 'a PyTorch re-implementation that lists 17,158,106; the paper prints 17.2M',
  },
  { name: 'wide-resnet-16-10', data: 'cifar', trainable: 17_116_634, from: imgclsmob },
  { name: 'wide-resnet-28-10', data: 'cifar', trainable: 36_479_194, nonTrainable: 17_952, from: imgclsmob },
  { name: 'resnet-18', data: 'imagenet', trainable: 11_689_512, from: torchvision },
  { name: 'resnet-34', data: 'imagenet', trainable: 21_797_672, from: torchvision },
  { name: 'resnet-50', data: 'imagenet', trainable: 25_557_032, from: torchvision },
  { name: 'resnet-50', options: { strideIn: '1x1' }, data: 'imagenet', trainable: 25_557_032, from: torchvision },
  { name: 'resnet-101', data: 'imagenet', trainable: 44_549_160, from: torchvision },
  { name: 'resnet-152', data: 'imagenet', trainable: 60_192_808, from: torchvision },
  { name: 'resnet-18', data: 'cifar', trainable: 11_173_962, from: kuangliu },
  { name: 'resnet-50', data: 'cifar', trainable: 23_520_842, from: kuangliu },
  { name: 'se-resnet-18', data: 'imagenet', trainable: 11_778_592, from: imgclsmob },
  { name: 'se-resnet-34', data: 'imagenet', trainable: 21_958_868, from: imgclsmob },
  { name: 'se-resnet-50', data: 'imagenet', trainable: 28_088_024, from: imgclsmob },
  { name: 'se-resnet-101', data: 'imagenet', trainable: 49_326_872, from: imgclsmob },
  { name: 'se-resnet-152', data: 'imagenet', trainable: 66_821_848, from: imgclsmob },
  { name: 'mobilenet-v1', data: 'imagenet', trainable: 4_231_976, nonTrainable: 21_888, from: `${keras}: 4,253,864` },
  { name: 'mobilenet-v1', data: 'cifar', trainable: 3_217_226, from: kuangliu },
  { name: 'mobilenet-v1', options: { widthMultiplier: 0.75 }, data: 'imagenet', trainable: 2_585_560, from: imgclsmob },
  { name: 'mobilenet-v1', options: { widthMultiplier: 0.5 }, data: 'imagenet', trainable: 1_331_592, from: imgclsmob },
  { name: 'mobilenet-v1', options: { widthMultiplier: 0.25 }, data: 'imagenet', trainable: 470_072, from: imgclsmob },
  { name: 'mobilenet-v2', data: 'imagenet', trainable: 3_504_872, from: torchvision },
  { name: 'mobilenet-v2', data: 'imagenet', trainable: 3_504_872, nonTrainable: 34_112, from: `${keras}: 3,538,984` },
];

/** Multiply-accumulates of one 224×224 image in thousands of millions, one multiply-add as one. */
export const publishedMacs: { name: string; gigaMacs: number; digits: number; from: string }[] = [
  { name: 'resnet-18', gigaMacs: 1.814, digits: 3, from: 'torchvision, `_ops`: convolutions and dense layers only' },
  {
    name: 'resnet-50',
    gigaMacs: 4.089,
    digits: 3,
    from: 'torchvision, `_ops`; 4.11 of other tools counts batch norms',
  },
  { name: 'vgg-16', gigaMacs: 15.47, digits: 2, from: 'torchvision, `_ops`' },
  { name: 'se-resnet-50', gigaMacs: 4.0917, digits: 4, from: 'a count of torchvision with SE wrapped in' },
  { name: 'mobilenet-v2', gigaMacs: 0.3, digits: 2, from: 'Sandler et al. 2018, table 4: 300M' },
  { name: 'mobilenet-v1', gigaMacs: 0.569, digits: 3, from: 'Howard et al. 2017, table 4: 569M' },
];
