export { normalOfBits } from './normal.ts';
export { philox4x32, type StreamKey } from './philox.ts';
export { bitsToUniform, type RandomStream, randomStream } from './random-stream.ts';
export { streamKey } from './stream-key.ts';
