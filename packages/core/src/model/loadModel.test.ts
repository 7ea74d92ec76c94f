import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseJsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import { loadModel } from './loadModel.ts';
import { createMemorySource, jsonBytes, type Files } from './testing.ts';
import { writeContainer, type TensorToWrite } from './writeContainer.ts';

const golden = path.resolve(import.meta.dirname, '../../fixtures/golden');

const tokenizer = {
  version: '1.0',
  added_tokens: [
    { id: 3, content: '<eos>', special: true, single_word: false, lstrip: false, rstrip: false, normalized: false },
  ],
  normalizer: null,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
  post_processor: null,
  decoder: { type: 'ByteLevel' },
  model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: [['a', 'b']] },
};

/** A golden folder with a small tokenizer, as a checkpoint in memory. */
function checkpoint(name: string): Files {
  const folder = path.join(golden, name);
  const files: Files = new Map();
  for (const file of readdirSync(folder).filter((entry) => /\.(json|safetensors)$/.test(entry))) {
    files.set(file, Uint8Array.from(readFileSync(path.join(folder, file))));
  }
  files.set('tokenizer.json', jsonBytes(tokenizer));
  files.set('tokenizer_config.json', jsonBytes({ tokenizer_class: 'Qwen2Tokenizer', chat_template: 'inline' }));
  return files;
}

const load = (files: Files) => loadModel(createMemorySource(files), 'folder');

async function refusal(files: Files): Promise<UserError> {
  const error = await load(files).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('loadModel', () => {
  it.each(['one-image', 'wide', 'tall'])('opens the Hugging Face checkpoint %s', async (name) => {
    const { config, weights, card, processor, chatTemplate } = await load(checkpoint(name));
    const embedding = await weights.read('model.embed_tokens.weight');
    expect(embedding.length).toBe(config.text.vocabSize * config.text.hiddenSize);
    expect(weights.tensors.has('visual.patch_embed.proj.weight')).toBe(true);
    expect(weights.tensors.has('lm_head.weight')).toBe(!config.text.tied);
    expect(processor.patchSize).toBe(config.vision.patchSize);
    expect(card).toMatchObject({ id: 'folder', tuned: false, commercialUse: 'ask' });
    expect(chatTemplate).toBe('inline');
  });

  it('opens the container made of a checkpoint, with the same values', async () => {
    const files = checkpoint('one-image');
    const from = await load(files);
    const card = { ...from.card, id: 'converted', name: 'Converted', trainedOn: 'nothing', tuned: true };
    async function* tensors(): AsyncGenerator<TensorToWrite> {
      for (const [name, { shape }] of from.weights.tensors) {
        yield { name, shape, scheme: 'f32', values: await from.weights.read(name) };
      }
    }
    const others = new Map(Array.from(files).filter(([file]) => /^(tokenizer|preprocessor)/.test(file)));
    const contents = {
      card,
      config: parseJsonObject(files.get('config.json')!, 'config.json'),
      tensors: tensors(),
      files: others.set('chat_template.jinja', jsonBytes('x')),
    };
    const written: Files = new Map();
    for await (const { path: file, bytes } of writeContainer(contents, 1 << 16)) written.set(file, bytes);

    const to = await load(written);
    expect(to.config).toEqual(from.config);
    expect(to.processor).toEqual(from.processor);
    expect(to.tokenizer.encode('abab<eos>')).toEqual([2, 2, 3]);
    expect(to.chatTemplate).toBe('"x"');
    expect(to.card).toMatchObject({ id: 'converted', tuned: true });
    for (const name of from.weights.tensors.keys()) {
      expect(await to.weights.read(name)).toEqual(await from.weights.read(name));
    }
  });

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json', 'model.safetensors'])(
    'says that %s is missing',
    async (file) => {
      const files = checkpoint('one-image');
      files.delete(file);
      expect((await refusal(files)).message).toContain(file);
    },
  );

  it('names another architecture, even where its weights are in other files', async () => {
    const files = checkpoint('one-image');
    files.set('config.json', jsonBytes({ model_type: 'llama' }));
    files.delete('model.safetensors');
    expect((await refusal(files)).reason).toContain('"llama"');
  });

  it('refuses a checkpoint quantised by others, by name', async () => {
    const files = checkpoint('one-image');
    const config = parseJsonObject(files.get('config.json')!, 'config.json');
    files.set('config.json', jsonBytes({ ...config, quantization_config: { quant_method: 'awq' } }));
    expect((await refusal(files)).reason).toContain('AWQ');
  });
});
