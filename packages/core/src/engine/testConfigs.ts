/** Configurations for tests of plans: the published sizes, without weights. */
import { parseModelConfig, type ModelConfig } from '../model/config.ts';
import { parameterShapes } from '../model/params.ts';
import { schemePolicy, type SchemeChoice } from '../model/weightSchemePolicy.ts';
import type { EncodedWeights } from '../model/weightSource.ts';

/** Qwen2.5-VL-3B's config.json, as far as it is read. */
export function config3b(): ModelConfig {
  return parseModelConfig({
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
      fullatt_block_indexes: [7, 15, 23, 31],
      in_chans: 3,
    },
  });
}

/** Names, shapes and schemes of a converted model; no bytes. */
export function tensorTable(config: ModelConfig, choice: SchemeChoice): Pick<EncodedWeights, 'tensors'> {
  const policy = schemePolicy(choice);
  const tensors = new Map(
    Array.from(parameterShapes(config), ([name, shape]) => [
      name,
      { shape, scheme: policy(name, { shape, dtype: 'F32' }) },
    ]),
  );
  return { tensors };
}
