/*
 * npm run bench -w packages/random
 * The 102,760,448 initial values of a dense layer of 25088 → 4096 (VGG's largest): processor and wall time, each the
 * median of three.
 */
import { randomStream } from '../src/index.ts';

const stream = randomStream(1, 'bench');
const fills = {
  fillUniform: (out: Float32Array) => stream.fillUniform(out, -1, 1),
  fillTruncatedNormal: (out: Float32Array) => stream.fillTruncatedNormal(out),
  fillNormal: (out: Float32Array) => stream.fillNormal(out),
};
for (const [name, fill] of Object.entries(fills)) {
  const runs = [0, 1, 2].map(() => {
    const [start, used] = [performance.now(), process.cpuUsage()];
    fill(new Float32Array(25_088 * 4096));
    const { user, system } = process.cpuUsage(used);
    return { processor: (user + system) / 1e6, wall: (performance.now() - start) / 1000 };
  });
  const median = (of: 'processor' | 'wall') =>
    runs
      .map((run) => run[of])
      .sort((a, b) => a - b)[1]
      ?.toFixed(2);
  console.log(`${name}: ${median('processor')} s processor, ${median('wall')} s wall`);
}
