/** Sizes of feature maps as the papers print them: [height, width, channels], or [units]. */
export interface PublishedShapes {
  names: string[];
  /** The paper's images: CIFAR's, ImageNet's, or MNIST's in a frame of 32×32 pixels or without. */
  inputShape: [number, number, number];
  /** By the id of a layer, or the first part of one: the last layer below it is meant. */
  shapes: Record<string, number[]>;
  from: string;
}

const small = ['20', '32', '44', '56', '110'];

export const publishedShapes: PublishedShapes[] = [
  {
    names: ['simple-cnn'],
    inputShape: [28, 28, 1],
    shapes: { maxPooling2d_1: [14, 14, 32], maxPooling2d_2: [7, 7, 64], flatten_1: [3136] },
    from: 'the reference study, whose last layer has 31,370 parameters: 3136 · 10 + 10',
  },
  {
    names: ['residual-cnn'],
    inputShape: [28, 28, 1],
    shapes: { residual_1: [28, 28, 64], maxPooling2d_1: [14, 14, 64], flatten_1: [12_544] },
    from: 'the reference study, whose last layer has 125,450 parameters: 12,544 · 10 + 10',
  },
  {
    names: ['plain-cnn'],
    inputShape: [28, 28, 1],
    shapes: { conv2d_2: [28, 28, 64], maxPooling2d_1: [14, 14, 64], conv2d_3: [14, 14, 32] },
    from: 'the reference study of kernel sizes: conv-conv-pool-conv, padded',
  },
  {
    names: ['mlp'],
    inputShape: [28, 28, 1],
    shapes: { flatten_1: [784], dense_1: [64], dense_2: [256] },
    from: 'the reference study: 784-64-256-10',
  },
  {
    names: ['lenet-5'],
    inputShape: [32, 32, 1],
    shapes: { c1: [28, 28, 6], s2: [14, 14, 6], c3: [10, 10, 16], s4: [5, 5, 16], c5: [120], f6: [84] },
    from: 'LeCun et al. 1998, figure 2',
  },
  {
    names: ['vgg-11', 'vgg-13', 'vgg-16', 'vgg-19'],
    inputShape: [224, 224, 3],
    shapes: {
      pool1: [112, 112, 64],
      pool2: [56, 56, 128],
      pool3: [28, 28, 256],
      pool4: [14, 14, 512],
      pool5: [7, 7, 512],
      fc6: [4096],
      fc7: [4096],
    },
    from: 'Simonyan and Zisserman 2014, table 1: five poolings of 2×2 with stride 2 of 224×224 pixels',
  },
  {
    names: [
      ...small.flatMap((depth) => [`resnet-${depth}`, `plain-${depth}`, `pre-resnet-${depth}`]),
      ...['20', '56', '110'].map((depth) => `se-resnet-${depth}`),
    ],
    inputShape: [32, 32, 3],
    shapes: { stem_conv: [32, 32, 16], stage1: [32, 32, 16], stage2: [16, 16, 32], stage3: [8, 8, 64] },
    from: 'He et al. 2015, §4.2: output map sizes 32×32, 16×16, 8×8 with 16, 32, 64 filters',
  },
  {
    names: ['pre-resnet-164'],
    inputShape: [32, 32, 3],
    shapes: { stage1: [32, 32, 64], stage2: [16, 16, 128], stage3: [8, 8, 256] },
    from: 'He et al. 2016: as ResNet-110, with bottlenecks of four times the channels',
  },
  ...(
    [
      [2, 'wide-resnet-40-2'],
      [4, 'wide-resnet-16-4', 'wide-resnet-40-4'],
      [8, 'wide-resnet-16-8', 'wide-resnet-22-8'],
      [10, 'wide-resnet-16-10', 'wide-resnet-28-10'],
    ] as const
  ).map(
    ([k, ...names]): PublishedShapes => ({
      names: [...names],
      inputShape: [32, 32, 3],
      shapes: { stem_conv: [32, 32, 16], stage1: [32, 32, 16 * k], stage2: [16, 16, 32 * k], stage3: [8, 8, 64 * k] },
      from: 'Zagoruyko and Komodakis 2016, table 1',
    }),
  ),
  {
    names: ['resnet-18', 'resnet-34', 'plain-18', 'plain-34', 'se-resnet-18', 'se-resnet-34'],
    inputShape: [224, 224, 3],
    shapes: {
      stem_conv: [112, 112, 64],
      stem_pool: [56, 56, 64],
      stage1: [56, 56, 64],
      stage2: [28, 28, 128],
      stage3: [14, 14, 256],
      stage4: [7, 7, 512],
    },
    from: 'He et al. 2015, table 1',
  },
  {
    names: ['50', '101', '152'].flatMap((depth) => [`resnet-${depth}`, `se-resnet-${depth}`]),
    inputShape: [224, 224, 3],
    shapes: {
      stem_conv: [112, 112, 64],
      stem_pool: [56, 56, 64],
      stage1: [56, 56, 256],
      stage2: [28, 28, 512],
      stage3: [14, 14, 1024],
      stage4: [7, 7, 2048],
    },
    from: 'He et al. 2015, table 1',
  },
  {
    names: ['mobilenet-v1'],
    inputShape: [224, 224, 3],
    shapes: {
      stem_conv: [112, 112, 32],
      block1: [112, 112, 64],
      block3: [56, 56, 128],
      block5: [28, 28, 256],
      block11: [14, 14, 512],
      block12_depthwise: [7, 7, 512],
      block13: [7, 7, 1024],
    },
    from: 'Howard et al. 2017, table 1: sizes of inputs',
  },
  {
    names: ['mobilenet-v2'],
    inputShape: [224, 224, 3],
    shapes: {
      stem_conv: [112, 112, 32],
      stage1: [112, 112, 16],
      stage2: [56, 56, 24],
      stage3: [28, 28, 32],
      stage4: [14, 14, 64],
      stage5: [14, 14, 96],
      stage6: [7, 7, 160],
      stage7: [7, 7, 320],
      last_conv: [7, 7, 1280],
    },
    from: 'Sandler et al. 2018, table 2: sizes of inputs',
  },
];
