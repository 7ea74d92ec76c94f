/** A very small architecture with every feature, for tests. */
import { parseModelConfig, type ModelConfig } from './config.ts';

/** Fields of a `config.json` in the flat layout; `changes` replace top-level fields. */
export function tinyConfigJson(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    model_type: 'qwen2_5_vl',
    vocab_size: 40,
    hidden_size: 32,
    intermediate_size: 24,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    rms_norm_eps: 1e-6,
    rope_theta: 10000,
    rope_scaling: { type: 'mrope', mrope_section: [1, 2, 1] },
    max_position_embeddings: 1024,
    tie_word_embeddings: true,
    hidden_act: 'silu',
    image_token_id: 39,
    video_token_id: 38,
    vision_start_token_id: 37,
    vision_end_token_id: 36,
    vision_token_id: 35,
    vision_config: {
      depth: 2,
      hidden_size: 16,
      intermediate_size: 20,
      num_heads: 2,
      out_hidden_size: 32,
      patch_size: 2,
      temporal_patch_size: 2,
      spatial_merge_size: 2,
      window_size: 16,
      fullatt_block_indexes: [1],
      hidden_act: 'silu',
      in_chans: 3,
    },
    ...changes,
  };
}

export function tinyConfig(changes: Record<string, unknown> = {}): ModelConfig {
  return parseModelConfig(tinyConfigJson(changes));
}
