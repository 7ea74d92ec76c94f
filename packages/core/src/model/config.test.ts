import { describe, expect, it } from 'vitest';
import { UserError } from '../support/userError.ts';
import { imageIds, parseModelConfig } from './config.ts';
import { parameterCount, parameterShapes } from './params.ts';
import { tinyConfig, tinyConfigJson } from './tinyConfig.ts';

/** The published Qwen2.5-VL-3B-Instruct `config.json`, fields that matter. */
const threeBillion = {
  model_type: 'qwen2_5_vl',
  image_token_id: 151655,
  video_token_id: 151656,
  vision_start_token_id: 151652,
  vision_end_token_id: 151653,
  vision_token_id: 151654,
  hidden_act: 'silu',
  hidden_size: 2048,
  intermediate_size: 11008,
  max_position_embeddings: 128000,
  max_window_layers: 70,
  num_attention_heads: 16,
  num_hidden_layers: 36,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 1000000.0,
  sliding_window: 32768,
  use_sliding_window: false,
  tie_word_embeddings: true,
  vocab_size: 151936,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  vision_config: {
    depth: 32,
    hidden_act: 'silu',
    hidden_size: 1280,
    intermediate_size: 3420,
    num_heads: 16,
    in_chans: 3,
    out_hidden_size: 2048,
    patch_size: 14,
    spatial_merge_size: 2,
    spatial_patch_size: 14,
    window_size: 112,
    fullatt_block_indexes: [7, 15, 23, 31],
    tokens_per_second: 2,
    temporal_patch_size: 2,
  },
};

describe('parseModelConfig', () => {
  it('reads the 3B checkpoint: 3,754,622,976 parameters', () => {
    const config = parseModelConfig(threeBillion);
    expect(config.text.headDim).toBe(128);
    expect(config.vision.headDim).toBe(80);
    expect(config.vision.patchDim).toBe(1176);
    expect(parameterCount(config)).toBe(3_754_622_976);
    expect(imageIds(config)).toEqual([151655, 151656, 151652, 151653, 151654]);
  });

  it('reads the nested layout like the flat one', () => {
    const { vision_config, model_type, image_token_id, video_token_id, vision_start_token_id, ...text } = threeBillion;
    const { vision_end_token_id, vision_token_id, rope_scaling, rope_theta, ...rest } = text;
    const nested = {
      model_type,
      image_token_id,
      video_token_id,
      vision_start_token_id,
      vision_end_token_id,
      vision_token_id,
      vision_config,
      text_config: { ...rest, model_type: 'qwen2_5_vl_text', rope_parameters: { ...rope_scaling, rope_theta } },
    };
    expect(parseModelConfig(nested)).toEqual(parseModelConfig(threeBillion));
  });

  it('has a head of its own unless the embeddings are tied', () => {
    expect(parameterShapes(tinyConfig()).has('lm_head.weight')).toBe(false);
    expect(parameterShapes(tinyConfig({ tie_word_embeddings: false })).get('lm_head.weight')).toEqual([40, 32]);
  });

  it.each([
    ['another architecture', { model_type: 'llama' }, /llama/],
    ['sliding windows', { use_sliding_window: true }, /sliding window/],
    ['another activation', { hidden_act: 'gelu' }, /gelu/],
    ['sections that do not fit the head', { rope_scaling: { mrope_section: [4, 4, 4] } }, /mrope_section \[4, 4, 4\]/],
    ['a missing field', { vocab_size: undefined }, /vocab_size/],
    ['a missing vision part', { vision_config: null }, /vision_config/],
    ['heads that do not divide', { num_attention_heads: 5 }, /5 heads/],
    ['more layers than any model has', { num_hidden_layers: 1e9 }, /"num_hidden_layers" must be from 1 to 1024/],
    ['no layers', { num_hidden_layers: 0 }, /"num_hidden_layers" must be from 1/],
    ['no heads', { num_attention_heads: 0 }, /"num_attention_heads" must be from 1/],
    ['a table beyond reason', { vocab_size: 1e15 }, /"vocab_size" must be from 1/],
    ['blocks without end', { vision_config: { ...threeBillion.vision_config, depth: 1e9 } }, /"depth" must be from 1/],
    ['patches of nothing', { vision_config: { ...threeBillion.vision_config, patch_size: 0 } }, /"patch_size"/],
  ])('refuses %s in words', (_, changes, message) => {
    const parse = () => parseModelConfig(tinyConfigJson(changes));
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(message);
  });

  it('refuses what is not an object', () => {
    expect(() => parseModelConfig(null)).toThrow(UserError);
    expect(() => parseModelConfig([1])).toThrow(UserError);
  });
});
