import { describe, expect, it } from 'vitest';
import { createRandom } from '../../support/random.ts';
import { rowStride } from '../layout.ts';
import { currentDevice } from '../testing/device.ts';
import { judge, testGpus } from '../testing/harness.ts';
import { runDecode, runPrefill, testCache } from './cases.ts';

/** Rows of the same tokens, in one chunk, in three chunks, and one by one through the decode kernel. */
describe('attention of a chunk is that of its tokens one after another', () => {
  const rows = 21;
  const chunks = [9, 11, 1]; // no chunk is a whole tile
  const settings = [
    { heads: 8, kvHeads: 2, headDim: 16, context: 64, kv: 'f16', cached: 30 },
    { heads: 3, kvHeads: 1, headDim: 6, context: 40, kv: 'f32', cached: 0 },
  ] as const;
  for (const { cached, ...spec } of settings) {
    for (const isSoftware of [false, true]) {
      it(`${spec.heads} heads of ${spec.headDim} in ${isSoftware ? 'software' : 'hardware'} form`, async () => {
        const random = createRandom(spec.headDim);
        const cache = testCache(spec, cached + rows, random);
        const stride = rowStride(spec.heads * spec.headDim);
        const q = Float32Array.from({ length: rows * stride }, () => random.normal());
        for (const { capabilities, ...device } of testGpus(currentDevice())) {
          const gpu = { ...device, capabilities: { ...capabilities, isSoftware } };
          const whole = await runPrefill(gpu, spec, rows, cached, q, cache.data);
          const inChunks = new Float32Array(whole.length);
          let start = 0;
          for (const count of chunks) {
            const part = q.slice(start * stride, (start + count) * stride);
            inChunks.set(await runPrefill(gpu, spec, count, cached + start, part, cache.data), start * stride);
            start += count;
          }
          const oneByOne = new Float32Array(whole.length);
          for (let row = 0; row < rows; row++) {
            const part = q.slice(row * stride, (row + 1) * stride);
            const splits = 2;
            oneByOne.set(await runDecode(gpu, { ...spec, splits }, cached + row, part, cache.data), row * stride);
          }
          const tier = `tier ${capabilities.tier}`;
          expect(judge(inChunks, whole, 1e-6).problem, `${tier}, chunks`).toBe('');
          expect(judge(oneByOne, whole, 2e-6).problem, `${tier}, decode`).toBe('');
        }
      });
    }
  }
});
