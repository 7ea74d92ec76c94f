/** Architectures that can be measured without their weights. */
import { parseModelConfig, type ModelConfig } from '@agentiad/core/model/config.ts';

/** Qwen2.5-VL-3B's config.json, as far as it is read. */
const qwen3b = {
  model_type: 'qwen2_5_vl',
  vocab_size: 151936,
  hidden_size: 2048,
  intermediate_size: 11008,
  num_hidden_layers: 36,
  num_attention_heads: 16,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-6,
  rope_theta: 1000000,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  max_position_embeddings: 128000,
  tie_word_embeddings: true,
  hidden_act: 'silu',
  image_token_id: 151655,
  video_token_id: 151656,
  vision_start_token_id: 151652,
  vision_end_token_id: 151653,
  vision_token_id: 151654,
  vision_config: {
    depth: 32,
    hidden_size: 1280,
    intermediate_size: 3420,
    num_heads: 16,
    out_hidden_size: 2048,
    patch_size: 14,
    temporal_patch_size: 2,
    spatial_merge_size: 2,
    window_size: 112,
    fullatt_block_indexes: [7, 15, 23, 31],
    hidden_act: 'silu',
    in_chans: 3,
  },
};

export const shapeNames = ['qwen2.5-vl-3b', 'nano'] as const;
export type ShapeName = (typeof shapeNames)[number];

export function config3b(): ModelConfig {
  return parseModelConfig(qwen3b);
}

/** `config` with one language layer and two vision blocks, one windowed and one full: what a slow adapter measures. */
export function oneLayer(config: ModelConfig): ModelConfig {
  return {
    ...config,
    text: { ...config.text, layers: 1 },
    vision: { ...config.vision, depth: 2, fullAttentionBlocks: [1] },
  };
}
