import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { startBackend } from '../src/index.ts';

test('says what was started and why; a later call switches; calls wait for each other', async () => {
  const [auto, cpu] = await Promise.all([startBackend('auto'), startBackend('cpu')]);
  expect(auto).toEqual({
    name: 'wasm',
    requested: 'auto',
    reason: 'auto: the fastest that starts here',
    tfjs: '4.22.0',
    fusedMultiplyAdd: auto?.fusedMultiplyAdd,
  });
  expect(cpu).toEqual({
    name: 'cpu',
    requested: 'cpu',
    reason: 'as requested',
    tfjs: '4.22.0',
    fusedMultiplyAdd: false,
  });
  expect(tf.getBackend()).toBe('cpu');
  expect((await startBackend('wasm')).name).toBe('wasm');
  expect(tf.getBackend()).toBe('wasm');
});

test('leaves no handlers of uncaught exceptions behind', async () => {
  const before = process.listeners('uncaughtException');
  await startBackend('wasm');
  expect(process.listeners('uncaughtException')).toEqual(before);
});

test('where WebAssembly has no SIMD, wasm is refused with what to do', async () => {
  tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
  const { vi } = await import('vitest');
  vi.resetModules();
  const fresh = await import('../src/start-backend.ts');
  await expect(fresh.startBackend('wasm')).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BackendError: backend "wasm": this machine runs no WebAssembly SIMD. Use backend: cpu.]`,
  );
  expect((await fresh.startBackend('auto')).reason).toBe(
    'auto: wasm does not start here (backend "wasm": this machine runs no WebAssembly SIMD. Use backend: cpu.)',
  );
});
