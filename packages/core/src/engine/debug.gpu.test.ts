import { it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { createRandomWeights } from '../model/randomWeights.ts';
import { tinyConfig, tinyConfigJson } from '../model/tinyConfig.ts';
import { openModelForward } from '../model/parityForward.ts';
import { currentDevice } from '../kernels/testing/device.ts';
import { engineForward } from './parityForward.ts';
import { rowSource } from './testing.ts';
const v = {
  ...(tinyConfigJson()['vision_config'] as object),
  hidden_size: 32,
  intermediate_size: 44,
  patch_size: 14,
  window_size: 112,
};
it.each([
  [0, []],
  [0, []],
  [1, [0]],
  [1, []],
  [2, [1]],
] as const)('depth %i full %j', async (depth, full) => {
  const config = tinyConfig({ vision_config: { ...v, depth, fullatt_block_indexes: full } });
  const random = createRandom(3);
  const grid = { height: 8, width: 8 };
  const pixelValues = Float32Array.from({ length: 64 * config.vision.patchDim }, () => random.normal());
  const image = { pixelValues, grid, sha256: 'a' };
  const w = rowSource(createRandomWeights(config, 1));
  const model = await openModelForward(config, w);
  const t0 = Date.now();
  const engine = await engineForward(currentDevice())(config, w);
  const t1 = Date.now();
  const a = await model.imageEmbeds([image]);
  const t2 = Date.now();
  const b = await engine.imageEmbeds([image]);
  console.log('open', t1 - t0, 'encode', Date.now() - t2, Math.max(...a.map((x, i) => Math.abs(x - b[i]!))));
  const t3 = Date.now();
  const s = engine.createSession();
  await s.prefill([1, 2, 3], []);
  const t4 = Date.now();
  const r = await s.generate({
    maxNewTokens: 32,
    stopIds: [],
    sampler: { settings: { temperature: 0, topK: 0, topP: 1 }, nextUniform: () => 0, pick: () => 0 },
  });
  console.log('prefill', t4 - t3, 'generate', Date.now() - t4, r.ids.join());
});
