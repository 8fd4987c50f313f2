import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { copyIn, copyOut, memoryUse, startBackend } from '../src/index.ts';

describe.each(['wasm', 'cpu'] as const)('%s', (backend) => {
  beforeAll(() => startBackend(backend));

  test('values go out and in, bit for bit, also over shared memory', () => {
    const values = Float32Array.of(1, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 0.1);
    tf.tidy(() => {
      const shared = new Float32Array(new SharedArrayBuffer(24));
      copyOut(tf.reshape(tf.tensor1d(values), [2, 3]), shared);
      expect(new Uint32Array(shared.buffer)).toEqual(new Uint32Array(values.buffer));
      const tensor = tf.zeros([3, 2]);
      copyIn(tensor, shared);
      expect(new Uint32Array(tensor.dataSync().slice().buffer)).toEqual(new Uint32Array(values.buffer));
      // What follows sees them.
      expect([...tf.add(tensor, 1).dataSync()].slice(-2)).toEqual([1, Math.fround(Math.fround(0.1) + 1)]);
      const none = tf.zeros([0, 2]);
      copyIn(none, new Float32Array(0));
      copyOut(none, new Float32Array(0));
    });
  });

  test('a variable parts from its clones, an array that made a tensor stays as it was', () => {
    tf.tidy(() => {
      const array = Float32Array.of(1, 2);
      const variable = tf.variable(tf.tensor1d(array));
      const reshaped = tf.reshape(variable, [1, 2]);
      copyIn(variable, Float32Array.of(5, 6));
      expect([...variable.dataSync()]).toEqual([5, 6]);
      expect([...reshaped.dataSync()]).toEqual([1, 2]);
      const tensor = tf.tensor1d(array);
      copyIn(tensor, Float32Array.of(7, 8));
      expect([...tensor.dataSync()]).toEqual([7, 8]);
      expect([...array]).toEqual([1, 2]);
      variable.dispose();
    });
  });

  test('another size or type is an error', () => {
    const [floats, ints] = [tf.zeros([2, 3]), tf.zeros([2], 'int32')];
    expect(() => copyOut(floats, new Float32Array(5))).toThrow(
      "copyOut: target must have the tensor's 6 values (shape [2,3]); received 5.",
    );
    expect(() => copyIn(floats, new Float32Array(7))).toThrow(
      "copyIn: source must have the tensor's 6 values (shape [2,3]); received 7.",
    );
    expect(() => copyIn(ints, new Float32Array(2))).toThrow('copyIn: the tensor must be float32; received int32.');
    tf.dispose([floats, ints]);
  });

  test('memory: tensors and their bytes are counted; the heap is that of wasm', () => {
    const before = memoryUse();
    const tensor = tf.zeros([1000]);
    const view = tf.reshape(tensor, [10, 100]);
    const after = memoryUse();
    expect(after.tensors - before.tensors).toBe(2);
    expect(after.tensorBytes - before.tensorBytes).toBe(8000);
    const fits = backend === 'wasm' ? after.heapBytes > 4000 && after.heapBytes % 65536 === 0 : after.heapBytes === 0;
    expect(fits).toBe(true);
    tf.dispose([tensor, view]);
  });
});
