/**
 * Architecture of a Qwen2.5-VL checkpoint, parsed from its Hugging Face `config.json`: the nested layout
 * (`text_config` / `vision_config`) and the older flat one, in which the text fields lie at the top.
 */
import { UserError } from '../support/userError.ts';

export interface TextConfig {
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly vocabSize: number;
  readonly rmsNormEps: number;
  readonly ropeTheta: number;
  /** Frequencies that follow the temporal, row and column position; they sum to headDim / 2. */
  readonly mropeSection: readonly [number, number, number];
  readonly maxPositions: number;
  /** The head is the embedding table. */
  readonly tied: boolean;
}

export interface VisionConfig {
  readonly hiddenSize: number;
  readonly depth: number;
  readonly heads: number;
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly outHiddenSize: number;
  readonly channels: number;
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  /** Values of one patch: channels * temporalPatchSize * patchSize^2. */
  readonly patchDim: number;
  readonly mergeSize: number;
  /** Side of an attention window in pixels. */
  readonly windowSize: number;
  /** Blocks that attend over the whole image. */
  readonly fullAttentionBlocks: readonly number[];
  readonly rmsNormEps: number;
}

/** Ids with a meaning for the model itself; null where the config names none. */
export interface SpecialIds {
  readonly image: number;
  readonly video: number | null;
  readonly visionStart: number | null;
  readonly visionEnd: number | null;
  readonly visionPad: number | null;
}

export interface ModelConfig {
  readonly text: TextConfig;
  readonly vision: VisionConfig;
  readonly special: SpecialIds;
}

/** Ids that stand for images and must never be sampled. */
export function imageIds(config: ModelConfig): readonly number[] {
  const { image, video, visionStart, visionEnd, visionPad } = config.special;
  return [image, video, visionStart, visionEnd, visionPad].filter((id) => id !== null);
}

/** Parses a `config.json`; throws a UserError when it is another architecture or uses something not supported. */
export function parseModelConfig(json: unknown): ModelConfig {
  const root = section('config.json', json);
  if (root.has('model_type') && root.text('model_type', '') !== 'qwen2_5_vl') {
    throw unsupported(`its model_type is "${root.text('model_type', '')}"`, 'Use a Qwen2.5-VL checkpoint.');
  }
  const text = root.has('text_config') ? section('config.json text_config', root.value('text_config')) : root;
  const vision = section('config.json vision_config', root.value('vision_config'));
  return {
    text: parseText(root, text),
    vision: parseVision(vision),
    special: {
      image: root.integer('image_token_id'),
      video: root.optionalInteger('video_token_id'),
      visionStart: root.optionalInteger('vision_start_token_id'),
      visionEnd: root.optionalInteger('vision_end_token_id'),
      visionPad: root.optionalInteger('vision_token_id'),
    },
  };
}

/** No model has more layers, and none is wider: beyond it the file is damaged, and believing it would take for ever. */
const deepest = 1024;
const widest = 2 ** 24;

function parseText(root: Section, text: Section): TextConfig {
  const hiddenSize = text.count('hidden_size', widest);
  const heads = text.count('num_attention_heads', widest);
  const kvHeads = text.count('num_key_value_heads', widest, heads);
  const activation = text.text('hidden_act', 'silu');
  if (activation !== 'silu') throw unsupported(`its hidden_act is "${activation}"`, 'Only silu is supported.');
  if (text.value('use_sliding_window') === true) {
    throw unsupported('it uses sliding window attention', 'Use a checkpoint with use_sliding_window false.');
  }
  if (hiddenSize % heads !== 0 || heads % kvHeads !== 0 || (hiddenSize / heads) % 2 !== 0) {
    throw unsupported(
      `hidden_size ${hiddenSize}, ${heads} heads and ${kvHeads} key-value heads do not divide`,
      'hidden_size must be a multiple of the heads, with an even head size, and the heads of the key-value heads.',
    );
  }
  const headDim = hiddenSize / heads;
  const ropeName = text.has('rope_parameters') ? 'rope_parameters' : 'rope_scaling';
  const rope = section(`config.json ${ropeName}`, text.value(ropeName));
  const mropeSection = rope.integers('mrope_section');
  const sum = mropeSection.reduce((total, part) => total + part, 0);
  const [temporal, row, column] = mropeSection;
  if (mropeSection.length !== 3 || sum !== headDim / 2) {
    throw unsupported(
      `its mrope_section [${mropeSection.join(', ')}] does not have three parts that sum to ${headDim / 2}`,
      'The parts must sum to half the head size.',
    );
  }
  const tiedOwner = root.has('tie_word_embeddings') ? root : text;
  return {
    hiddenSize,
    layers: text.count('num_hidden_layers', deepest),
    heads,
    kvHeads,
    headDim,
    intermediateSize: text.count('intermediate_size', widest),
    vocabSize: text.count('vocab_size', widest),
    rmsNormEps: text.number('rms_norm_eps', 1e-6),
    ropeTheta: rope.has('rope_theta') ? rope.number('rope_theta') : text.number('rope_theta', 1e6),
    mropeSection: [temporal!, row!, column!],
    maxPositions: text.count('max_position_embeddings', Number.MAX_SAFE_INTEGER, 128000),
    tied: tiedOwner.value('tie_word_embeddings') === true,
  };
}

function parseVision(vision: Section): VisionConfig {
  const activation = vision.text('hidden_act', 'silu');
  if (activation !== 'silu') throw unsupported(`its vision hidden_act is "${activation}"`, 'Only silu is supported.');
  const hiddenSize = vision.count('hidden_size', widest);
  const heads = vision.count('num_heads', widest);
  if (hiddenSize % (heads * 4) !== 0) {
    throw unsupported(
      `its vision hidden_size ${hiddenSize} is not a multiple of 4 times the ${heads} heads`,
      'The two-dimensional rotary positions need a head size that is a multiple of 4.',
    );
  }
  const channels = vision.count(vision.has('in_channels') ? 'in_channels' : 'in_chans', widest, 3);
  const patchSize = vision.count('patch_size', widest, 14);
  const temporalPatchSize = vision.count('temporal_patch_size', widest, 2);
  const mergeSize = vision.count('spatial_merge_size', widest, 2);
  const windowSize = vision.count('window_size', widest, 112);
  if (windowSize < patchSize * mergeSize) {
    throw unsupported(`its window_size ${windowSize} is smaller than one merged patch`, 'Use a larger window_size.');
  }
  return {
    hiddenSize,
    depth: vision.count('depth', deepest),
    heads,
    headDim: hiddenSize / heads,
    intermediateSize: vision.count('intermediate_size', widest),
    outHiddenSize: vision.count('out_hidden_size', widest),
    channels,
    patchSize,
    temporalPatchSize,
    patchDim: channels * temporalPatchSize * patchSize * patchSize,
    mergeSize,
    windowSize,
    fullAttentionBlocks: vision.integers('fullatt_block_indexes'),
    rmsNormEps: 1e-6,
  };
}

function unsupported(reason: string, remedy: string): UserError {
  return new UserError({ code: 'model-config', subject: 'config.json', reason: `Not supported: ${reason}.`, remedy });
}

interface Section {
  has(key: string): boolean;
  value(key: string): unknown;
  number(key: string, fallback?: number): number;
  integer(key: string, fallback?: number): number;
  /** A whole number from 1 to `most`. */
  count(key: string, most: number, fallback?: number): number;
  optionalInteger(key: string): number | null;
  integers(key: string): number[];
  text(key: string, fallback: string): string;
}

/** Typed access to one object of the file; every complaint names the field. */
function section(name: string, json: unknown): Section {
  const fail = (reason: string) =>
    new UserError({
      code: 'model-config',
      subject: name,
      reason,
      remedy: 'Use the config.json that came with a Qwen2.5-VL checkpoint.',
    });
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw fail('It is missing or not an object.');
  const fields = json as Record<string, unknown>;
  const number = (key: string, fallback?: number): number => {
    const value = fields[key] ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw fail(`"${key}" is missing or not a number.`);
    return value;
  };
  const integer = (key: string, fallback?: number): number => {
    const value = number(key, fallback);
    if (!Number.isInteger(value) || value < 0) throw fail(`"${key}" must be a whole number, not ${value}.`);
    return value;
  };
  const count = (key: string, most: number, fallback?: number): number => {
    const value = integer(key, fallback);
    if (value < 1 || value > most) throw fail(`"${key}" must be from 1 to ${most}, not ${value}.`);
    return value;
  };
  return {
    has: (key) => fields[key] !== undefined && fields[key] !== null,
    value: (key) => fields[key],
    number,
    integer,
    count,
    optionalInteger: (key) => (fields[key] === undefined || fields[key] === null ? null : integer(key)),
    integers: (key) => {
      const value = fields[key];
      if (!Array.isArray(value) || !value.every((entry) => Number.isInteger(entry) && entry >= 0)) {
        throw fail(`"${key}" must be a list of whole numbers.`);
      }
      return value as number[];
    },
    text: (key, fallback) => {
      const value = fields[key] ?? fallback;
      if (typeof value !== 'string') throw fail(`"${key}" must be a string.`);
      return value;
    },
  };
}
