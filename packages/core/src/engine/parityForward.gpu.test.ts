/**
 * The engine against the model path on random checkpoints nobody saw before, stage by stage, on every tier the device
 * has. The model path gets exactly the values that the engine's weights store.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { atTier, readCapabilities, tiers, type Tier } from '../kernels/capabilities.ts';
import { currentDevice } from '../kernels/testing/device.ts';
import type { ModelConfig } from '../model/config.ts';
import { openModelForward, type ParityForward } from '../model/parityForward.ts';
import { mropePositions } from '../model/positions.ts';
import { tinyConfig, tinyConfigJson } from '../model/tinyConfig.ts';
import type { SchemeChoice } from '../model/weightSchemePolicy.ts';
import type { EngineOptions } from './options.ts';
import { engineForward } from './parityForward.ts';
import { imageRun, relativeError, rowSource, testImage, testWeights } from './testing.ts';
import { schemePolicy } from '../model/weightSchemePolicy.ts';

const vision = tinyConfigJson()['vision_config'] as Record<string, unknown>;
const shapes: Record<string, ModelConfig> = {
  'grouped heads, tied head': tinyConfig(),
  'odd sizes, one key-value head, untied': tinyConfig({
    hidden_size: 36,
    num_attention_heads: 6,
    num_key_value_heads: 1,
    rope_scaling: { type: 'mrope', mrope_section: [1, 1, 1] },
    intermediate_size: 50,
    tie_word_embeddings: false,
    vision_config: { ...vision, hidden_size: 24, num_heads: 3, intermediate_size: 21, out_hidden_size: 36, depth: 3 },
  }),
};

const opened: ParityForward[] = [];
afterEach(() => opened.splice(0).forEach((forward) => forward.dispose()));

async function openBoth(config: ModelConfig, choice: SchemeChoice, tier: Tier, options: Partial<EngineOptions> = {}) {
  const { stored } = testWeights(config, choice);
  const weights = rowSource(stored);
  const capabilities = atTier(readCapabilities(currentDevice(), true), tier);
  const open = engineForward(currentDevice(), {
    policy: schemePolicy(choice),
    options: { capabilities, ...options },
  });
  const pair = { model: await openModelForward(config, weights), engine: await open(config, weights) };
  opened.push(pair.model, pair.engine);
  return pair;
}

async function errors({ model, engine }: Awaited<ReturnType<typeof openBoth>>, config: ModelConfig) {
  const images = [testImage(config, 12, 20, 1), testImage(config, 4, 2, 2)];
  const embeds = await model.imageEmbeds(images);
  const ids = [3, 37, ...imageRun(config, images[0]!), 36, 9, 37, ...imageRun(config, images[1]!), 36, 4, 11];
  const positionIds = mropePositions(
    ids,
    images.map(({ grid }) => grid),
    config,
  ).ids;
  const request = { ids: [ids], positionIds, embeds };
  return {
    embeds: relativeError(await engine.imageEmbeds(images), embeds),
    logits: relativeError(await engine.logits(request), await model.logits(request)),
  };
}

/** The device is there only once tests run. */
const lacks = (tier: Tier) => tier > readCapabilities(currentDevice()).tier;

describe.each(Object.entries(shapes))('%s', (_, config) => {
  it.for(tiers)('f32 weights on tier %i: within 1e-3 of the model path', async (tier, { skip }) => {
    skip(lacks(tier), 'not on this device');
    const found = await errors(await openBoth(config, { scheme: 'f32' }, tier), config);
    expect(found.embeds).toBeLessThan(1e-3);
    expect(found.logits).toBeLessThan(1e-3);
  });
});

describe('quantised weights, against the model path on the values they store', () => {
  const config = shapes['odd sizes, one key-value head, untied']!;
  it.for((['q4', 'q8', 'f16'] as const).flatMap((scheme) => tiers.map((tier) => [scheme, tier] as const)))(
    '%s on tier %i',
    async ([scheme, tier], { skip }) => {
      skip(lacks(tier), 'not on this device');
      const found = await errors(await openBoth(config, { scheme }, tier), config);
      const limit = tier === 2 ? 1e-2 : 2e-3;
      expect(found.embeds).toBeLessThan(limit);
      expect(found.logits).toBeLessThan(limit);
    },
  );
});

describe('the same result however the work is cut', () => {
  const config = shapes['grouped heads, tied head']!;

  it('a prompt in chunks, matrices in parts and vision weights loaded per image', async () => {
    const large = tinyConfig({ vocab_size: 1200, intermediate_size: 600 });
    const whole = await openBoth(large, { scheme: 'f32' }, 0);
    const capabilities = { ...atTier(readCapabilities(currentDevice(), true), 0), maxBindingBytes: 80_000 };
    const cut = { chunkRows: 32, lowMemory: true, context: 128, capabilities };
    const other = await openBoth(large, { scheme: 'f32' }, 0, cut);
    expect((await errors({ ...whole, engine: other.engine }, large)).logits).toBeLessThan(1e-5);
    const quantised = await openBoth(large, { scheme: 'q8' }, 0, cut);
    const found = await errors(quantised, large);
    expect(found.embeds).toBeLessThan(2e-3);
    expect(found.logits).toBeLessThan(2e-3);
  });

  it.each([
    [2, 2],
    [2, 40],
    [40, 2],
    [10, 14],
    [18, 6],
  ])('an image of %i x %i patches has the embeddings of the model path', async (height, width) => {
    const { model, engine } = await openBoth(config, { scheme: 'f32' }, 0);
    const images = [testImage(config, height, width, 5)];
    expect(relativeError(await engine.imageEmbeds(images), await model.imageEmbeds(images))).toBeLessThan(1e-3);
  });
});
