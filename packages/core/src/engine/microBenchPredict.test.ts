import { describe, expect, it } from 'vitest';
import { parseModelConfig } from '../model/config.ts';
import type { DeviceSpeed } from './microBench.ts';
import { cacheBytesPerToken, predictRun, predictTokenSeconds, type TokenCost } from './microBenchPredict.ts';

/** Qwen2.5-VL-3B, from its config.json. */
const config = parseModelConfig({
  model_type: 'qwen2_5_vl',
  vocab_size: 151936,
  hidden_size: 2048,
  intermediate_size: 11008,
  num_hidden_layers: 36,
  num_attention_heads: 16,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 1e6,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  max_position_embeddings: 128000,
  tie_word_embeddings: true,
  image_token_id: 151655,
  vision_config: {
    depth: 32,
    hidden_size: 1280,
    intermediate_size: 3420,
    num_heads: 16,
    out_hidden_size: 2048,
    patch_size: 14,
    window_size: 112,
    fullatt_block_indexes: [7, 15, 23, 31],
  },
});

/** An RTX 4070's bandwidth at 45 %, int4 body with int8 head, and no other cost. */
const speed: DeviceSpeed = {
  schema: 'agentiad-device-speed/1',
  tier: 2,
  isSoftware: false,
  readRate: 450e9,
  decodeRate: 0.45 * 504e9,
  prefillRate: 5e12,
  dispatchSeconds: 0,
  seconds: 1,
};
const cost: TokenCost = {
  weightBytes: 1.891e9,
  cacheBytesPerToken: cacheBytesPerToken(config, 'f16'),
  dispatches: 220,
};

describe('predicted run of the 3B', () => {
  it('holds 36,864 bytes of keys and values a token in f16', () => {
    expect(cost.cacheBytesPerToken).toBe(36864);
  });

  it('decodes at the share of the bandwidth that the engine reaches', () => {
    expect(1 / predictTokenSeconds(cost, 0, speed)).toBeCloseTo(119.9, 0);
  });

  it('slows down with the context', () => {
    expect(predictTokenSeconds(cost, 4096, speed) - predictTokenSeconds(cost, 0, speed)).toBeCloseTo(
      (4096 * 36864) / 450e9,
      9,
    );
  });

  it('adds the cost of every dispatch', () => {
    const slow = { ...speed, dispatchSeconds: 25e-6 };
    expect(predictTokenSeconds(cost, 0, slow) - predictTokenSeconds(cost, 0, speed)).toBeCloseTo(0.0055, 6);
  });

  it('takes 1.3 and 1.1 s for the tower and the prompt of a 720p image at 5 TFLOP/s', () => {
    const run = { imageGrids: [{ height: 52, width: 92 }], promptTokens: 1196, generatedTokens: 100 };
    const prediction = predictRun(config, cost, run, speed);
    expect(prediction.visionSeconds).toBeCloseTo(1.3, 1);
    expect(prediction.prefillSeconds).toBeGreaterThan(1);
    expect(prediction.prefillSeconds).toBeLessThan(1.5);
    expect(prediction.decodeSeconds).toBeCloseTo(100 / prediction.tokensPerSecond, 9);
    expect(prediction.seconds).toBeCloseTo(
      prediction.visionSeconds + prediction.prefillSeconds + prediction.decodeSeconds,
      9,
    );
  });
});
