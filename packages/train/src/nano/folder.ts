/**
 * The files of a nano model: a `config.json` in Hugging Face's words, its own tokenizer, processor settings and chat
 * template. Same architecture as Qwen2.5-VL, sizes from the run's configuration.
 */
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { createTokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { CHATML_TEMPLATE } from '@agentiad/core/tokenizer/conversation.ts';
import { tokenizerJson } from './bpe.ts';

/** Sizes of a nano model; everything else follows Qwen2.5-VL. */
export interface NanoSizes {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly intermediateSize: number;
  /** Frequencies per axis; they sum to half the head size. */
  readonly mropeSection: readonly [number, number, number];
  readonly vision: {
    readonly hiddenSize: number;
    readonly depth: number;
    readonly heads: number;
    readonly intermediateSize: number;
    readonly fullAttentionBlocks: readonly number[];
  };
  /** Area of every view, pixels: 112 * 112 gives 16 language tokens. */
  readonly viewPixels: number;
}

/** `tokenizer.json` learned from `texts`, and the settings file beside it. */
export function nanoTokenizerFiles(texts: readonly string[], vocabSize: number) {
  return {
    'tokenizer.json': tokenizerJson(texts, vocabSize),
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      eos_token: '<|im_end|>',
      pad_token: '<|endoftext|>',
      model_max_length: 8192,
      clean_up_tokenization_spaces: false,
    },
  };
}

export function nanoConfig(sizes: NanoSizes, tokenizer: Tokenizer): Record<string, unknown> {
  const id = (token: string) => tokenizer.idOf(token);
  return {
    architectures: ['Qwen2_5_VLForConditionalGeneration'],
    model_type: 'qwen2_5_vl',
    vocab_size: tokenizer.vocabSize,
    hidden_size: sizes.hiddenSize,
    intermediate_size: sizes.intermediateSize,
    num_hidden_layers: sizes.layers,
    num_attention_heads: sizes.heads,
    num_key_value_heads: sizes.kvHeads,
    hidden_act: 'silu',
    rms_norm_eps: 1e-6,
    rope_theta: 10000,
    rope_scaling: { type: 'mrope', mrope_section: sizes.mropeSection },
    max_position_embeddings: 8192,
    tie_word_embeddings: true,
    use_sliding_window: false,
    bos_token_id: id('<|endoftext|>'),
    eos_token_id: id('<|im_end|>'),
    image_token_id: id('<|image_pad|>'),
    video_token_id: id('<|video_pad|>'),
    vision_start_token_id: id('<|vision_start|>'),
    vision_end_token_id: id('<|vision_end|>'),
    vision_config: {
      model_type: 'qwen2_5_vl',
      depth: sizes.vision.depth,
      hidden_size: sizes.vision.hiddenSize,
      intermediate_size: sizes.vision.intermediateSize,
      num_heads: sizes.vision.heads,
      out_hidden_size: sizes.hiddenSize,
      in_channels: 3,
      patch_size: 14,
      temporal_patch_size: 2,
      spatial_merge_size: 2,
      window_size: 112,
      fullatt_block_indexes: sizes.vision.fullAttentionBlocks,
      hidden_act: 'silu',
      tokens_per_second: 2,
    },
  };
}

export function nanoProcessorConfig(sizes: NanoSizes): Record<string, unknown> {
  return {
    image_processor_type: 'Qwen2VLImageProcessor',
    min_pixels: sizes.viewPixels,
    max_pixels: sizes.viewPixels,
    patch_size: 14,
    temporal_patch_size: 2,
    merge_size: 2,
    image_mean: [0.48145466, 0.4578275, 0.40821073],
    image_std: [0.26862954, 0.26130258, 0.27577711],
  };
}

/** Text files of the model folder by name. */
export function nanoFiles(
  sizes: NanoSizes,
  tokenizerFiles: ReturnType<typeof nanoTokenizerFiles>,
): Map<string, string> {
  const tokenizer = createTokenizer(tokenizerFiles['tokenizer.json'], tokenizerFiles['tokenizer_config.json']);
  return new Map([
    ['config.json', JSON.stringify(nanoConfig(sizes, tokenizer), null, 2)],
    ['tokenizer.json', JSON.stringify(tokenizerFiles['tokenizer.json'])],
    ['tokenizer_config.json', JSON.stringify(tokenizerFiles['tokenizer_config.json'], null, 2)],
    ['preprocessor_config.json', JSON.stringify(nanoProcessorConfig(sizes), null, 2)],
    ['chat_template.jinja', CHATML_TEMPLATE],
  ]);
}
