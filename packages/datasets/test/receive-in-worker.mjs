import { parentPort, workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { receiveDataset } = await import('@ablate/datasets');
const { train, validation, test, ...facts } = receiveDataset(workerData.transfer);
const parts = [train, validation, test].map((part) => part?.read(workerData.indices) ?? null);
Atomics.add(train.images, 0, 1);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
parentPort.postMessage({ facts, parts });
