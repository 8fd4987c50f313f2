import { describe, expect, test } from 'vitest';
import { parseIdx } from './parse-idx.ts';

test('an IDX file of two 1 × 3 images', () => {
  const file = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255);
  expect(parseIdx(file, 'images', 3)).toEqual({ shape: [2, 1, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 255) });
});

test('extents are big-endian, also in a view that does not start its buffer', () => {
  const whole = new Uint8Array(3 + 8 + 258);
  whole.set([9, 9, 9, 0, 0, 8, 1, 0, 0, 1, 2]);
  whole[11] = 7;
  const { shape, data } = parseIdx(whole.subarray(3), 'labels', 1);
  expect([shape, data.length, data[0]]).toEqual([[258], 258, 7]);
});

describe('a broken file is an error that names it and what was found', () => {
  const messageOf = (bytes: number[], axes = 1) => {
    try {
      parseIdx(Uint8Array.from(bytes), 'data/labels', axes);
    } catch (error) {
      return String(error);
    }
    return 'accepted';
  };

  test('another number of axes', () => {
    expect(messageOf([0, 0, 8, 3, 0, 0, 0, 1, 5])).toMatchInlineSnapshot(
      `"DatasetError: data/labels: the magic number must be 0x00000801 (unsigned bytes, 1 axis); found 0x00000803. Fetch the file again."`,
    );
  });
  test('another type of values', () => {
    expect(messageOf([0, 0, 13, 1, 0, 0, 0, 1, 5])).toMatchInlineSnapshot(
      `"DatasetError: data/labels: the magic number must be 0x00000801 (unsigned bytes, 1 axis); found 0x00000d01. Fetch the file again."`,
    );
  });
  test('a gzip file', () => {
    expect(messageOf([0x1f, 0x8b, 8, 8, 0, 0, 0, 1, 5])).toMatchInlineSnapshot(
      `"DatasetError: data/labels: the magic number must be 0x00000801 (unsigned bytes, 1 axis); found 0x1f8b0808, a gzip file: unpack it with gunzip. Fetch the file again."`,
    );
  });
  test('an empty file', () => {
    expect(messageOf([])).toMatchInlineSnapshot(
      `"DatasetError: data/labels: the IDX header must have 8 bytes; the file has 0. Fetch the file again."`,
    );
  });
  test('cut off in the header', () => {
    expect(messageOf([0, 0, 8, 3, 0, 0, 0, 1], 3)).toMatchInlineSnapshot(
      `"DatasetError: data/labels: the IDX header must have 16 bytes; the file has 8. Fetch the file again."`,
    );
  });
  test('cut off in the values', () => {
    expect(messageOf([0, 0, 8, 1, 0, 0, 0, 3, 1, 2])).toMatchInlineSnapshot(
      `"DatasetError: data/labels: 3 bytes must follow a header of 3; found 2: the file is cut off. Fetch the file again."`,
    );
  });
  test('bytes after the end', () => {
    expect(messageOf([0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3, 4])).toMatchInlineSnapshot(
      `"DatasetError: data/labels: 3 bytes must follow a header of 3; found 4: there are bytes after the end. Fetch the file again."`,
    );
  });
  test('extents that multiply to more than any file', () => {
    expect(
      messageOf([0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255], 3),
    ).toMatchInlineSnapshot(
      `"DatasetError: data/labels: 7.9228162458924105e+28 bytes must follow a header of 4294967295 × 4294967295 × 4294967295; found 0: the file is cut off. Fetch the file again."`,
    );
  });
});
