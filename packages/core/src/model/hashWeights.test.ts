import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseModelConfig } from './config.ts';
import { createHashWeights } from './hashWeights.ts';

describe('hash weights', () => {
  it('are those of the Python script', async () => {
    const file = path.resolve(import.meta.dirname, '../../fixtures/golden/dimensions-3b/config.json');
    const weights = createHashWeights(parseModelConfig(JSON.parse(readFileSync(file, 'utf8'))));
    // hash_weight(name, shape)[:3] of scripts/golden/hash_weights.py
    const first = async (name: string) => Array.from((await weights.read(name)).subarray(0, 3));
    expect(await first('model.norm.weight')).toEqual([0.8098254799842834, 1.0794646739959717, 0.8666025400161743]);
    expect(await first('visual.blocks.1.attn.qkv.bias')).toEqual([
      -0.10338328033685684, 0.16737420856952667, -0.09707510471343994,
    ]);
    expect(await first('visual.blocks.0.attn.proj.weight')).toEqual([
      -0.004680328071117401, 0.030522353947162628, -0.019802624359726906,
    ]);
  });
});
