/**
 * Makes checkpoints to try things on without the real one: same files, names, types and shards, meaningless weights.
 *
 *     npx tsx scripts/verify-3b/makeCheckpoint.ts --to DIR [--size 3b|tiny]
 *
 * `3b`: every tensor of Qwen2.5-VL-3B at its size (7.5 GB). `tiny`: the same layout, a megabyte.
 */
import { copyFileSync, mkdirSync, openSync, writeFileSync, writeSync, closeSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseModelConfig } from '../../packages/core/src/model/config.ts';
import { parameterShapes } from '../../packages/core/src/model/params.ts';
import { createRandom } from '../../packages/core/src/support/random.ts';
import { writeCheckpoint } from '../../packages/train/src/convert/testCheckpoint.ts';

const nano = fileURLToPath(new URL('../../public/models/nano', import.meta.url));

/** As published, as far as sizes go. */
const config3b = {
  architectures: ['Qwen2_5_VLForConditionalGeneration'],
  model_type: 'qwen2_5_vl',
  vocab_size: 151936,
  hidden_size: 2048,
  intermediate_size: 11008,
  num_hidden_layers: 36,
  num_attention_heads: 16,
  num_key_value_heads: 2,
  hidden_act: 'silu',
  rms_norm_eps: 1e-6,
  rope_theta: 1e6,
  rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
  max_position_embeddings: 128000,
  tie_word_embeddings: true,
  torch_dtype: 'bfloat16',
  image_token_id: 151655,
  video_token_id: 151656,
  vision_start_token_id: 151652,
  vision_end_token_id: 151653,
  eos_token_id: 151645,
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
    temporal_patch_size: 2,
    window_size: 112,
    fullatt_block_indexes: [7, 15, 23, 31],
  },
};

/** Random bfloat16 weights of about 0.02, written over and over. */
function randomBlock(): Uint8Array {
  const random = createRandom(1);
  const values = Float32Array.from({ length: 1 << 20 }, () => 0.02 * random.normal());
  return new Uint8Array(Uint16Array.from(new Uint32Array(values.buffer), (bits) => bits >>> 16).buffer);
}

function write3b(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config3b, null, 2));
  for (const file of ['tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json']) {
    copyFileSync(path.join(nano, file), path.join(folder, file));
  }
  const shapes = [...parameterShapes(parseModelConfig(config3b))];
  const shards = [shapes.slice(0, shapes.length / 2), shapes.slice(shapes.length / 2)];
  const weightMap: Record<string, string> = {};
  const block = randomBlock();
  shards.forEach((tensors, index) => {
    const name = `model-0000${index + 1}-of-0000${shards.length}.safetensors`;
    const header: Record<string, unknown> = {};
    let end = 0;
    for (const [tensor, shape] of tensors) {
      weightMap[tensor] = name;
      const length = 2 * shape.reduce((product, side) => product * side, 1);
      header[tensor] = { dtype: 'BF16', shape, data_offsets: [end, (end += length)] };
    }
    const text = Buffer.from(JSON.stringify(header));
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(text.length));
    const file = openSync(path.join(folder, name), 'w');
    writeSync(file, Buffer.concat([prefix, text]));
    for (let left = end; left > 0; left -= block.length) writeSync(file, block, 0, Math.min(left, block.length));
    closeSync(file);
  });
  const index = { metadata: {}, weight_map: weightMap };
  writeFileSync(path.join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
}

const { values } = parseArgs({ options: { to: { type: 'string' }, size: { type: 'string', default: '3b' } } });
if (!values.to || !['3b', 'tiny'].includes(values.size)) {
  console.error('Use: npx tsx scripts/verify-3b/makeCheckpoint.ts --to DIR [--size 3b|tiny]');
  process.exit(2);
}
if (values.size === 'tiny') await writeCheckpoint(values.to, { dtype: 'BF16', shards: 2 });
else write3b(values.to);
