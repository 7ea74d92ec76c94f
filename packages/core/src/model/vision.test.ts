import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { disposeParams, loadParams } from './params.ts';
import type { Grid } from './positions.ts';
import { createRandomWeights } from './randomWeights.ts';
import { testBackends, useTestBackend } from './testBackend.ts';
import { tinyConfig } from './tinyConfig.ts';
import { planVision, visionEmbeds } from './vision.ts';

const config = tinyConfig();
const grids: Grid[] = [
  { height: 10, width: 12 },
  { height: 8, width: 8 },
  { height: 2, width: 20 },
];

function pixels(grid: Grid, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: grid.height * grid.width * config.vision.patchDim }, () => random.normal());
}

describe('planVision', () => {
  it('orders every merge group once and can be undone', () => {
    const { order, restore } = planVision(grids, config.vision);
    expect([...order].sort((a, b) => a - b)).toEqual([...order.keys()]);
    order.forEach((group, i) => expect(restore[group]).toBe(i));
  });

  it('keeps windows inside images and covers all patches without gaps', () => {
    const { windows, images } = planVision(grids, config.vision);
    let end = 0;
    for (const window of windows) {
      expect(window.start).toBe(end);
      end += window.length;
      const first = images.findIndex(({ start, length }) => window.start < start + length);
      expect(end).toBeLessThanOrEqual(images[first]!.start + images[first]!.length);
    }
    expect(end).toBe(120 + 64 + 40);
  });

  it('refuses a grid that does not merge', () => {
    expect(() => planVision([{ height: 3, width: 4 }], config.vision)).toThrow(/3 x 4/);
  });
});

describe.each(testBackends)('visionEmbeds on %s', (backend) => {
  beforeAll(() => useTestBackend(backend));

  it('encodes several images of different sizes as it encodes each alone', async () => {
    const params = await loadParams(config, createRandomWeights(config, 1));
    const images = grids.map((grid, i) => pixels(grid, i));
    const before = tf.memory().numTensors;
    const all = Float32Array.from(images.flatMap((image) => [...image]));
    const together = visionEmbeds(params, config, all, grids);
    const alone = grids.map((grid, i) => visionEmbeds(params, config, images[i]!, [grid]));
    tf.tidy(() => {
      expect(together.shape).toEqual([30 + 16 + 10, config.vision.outHiddenSize]);
      expect(tf.max(tf.abs(tf.sub(together, tf.concat(alone)))).dataSync()[0]).toBeLessThan(1e-5);
    });
    tf.dispose([together, alone]);
    expect(tf.memory().numTensors).toBe(before);
    disposeParams(params);
  });

  it('lets a pixel reach the whole image through the full block, and only its window without one', async () => {
    const grid = { height: 8, width: 16 }; // two windows side by side
    const changedGroups = async (fullAttentionBlocks: number[]) => {
      const own = { ...config, vision: { ...config.vision, fullAttentionBlocks } };
      const params = await loadParams(own, createRandomWeights(own, 1));
      const values = pixels(grid, 1);
      const changed = Float32Array.from(values);
      changed[0]! += 3;
      const difference = tf.tidy(() =>
        tf
          .sum(tf.abs(tf.sub(visionEmbeds(params, own, values, [grid]), visionEmbeds(params, own, changed, [grid]))), 1)
          .dataSync(),
      );
      disposeParams(params);
      return [...difference.keys()].filter((group) => difference[group]! > 0);
    };
    expect(await changedGroups([1])).toHaveLength(32);
    expect((await changedGroups([])).every((group) => group % 8 < 4)).toBe(true);
  });

  it('takes no images at all', async () => {
    const params = await loadParams(config, createRandomWeights(config, 1));
    const none = visionEmbeds(params, config, new Float32Array(0), []);
    expect(none.shape).toEqual([0, config.vision.outHiddenSize]);
    none.dispose();
    disposeParams(params);
  });
});
