import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fillRaster } from '@agentiad/core/image/crop.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import { parameterShapes } from '@agentiad/core/model/params.ts';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import {
  checkpointValues,
  tinyConfigJson,
  writeAdapter,
  writeCheckpoint,
  type AdapterForm,
} from '../convert/testCheckpoint.ts';
import { loadModelFolder } from '../host/loadModel.ts';
import { TINY_SCORE, writeTinyModel } from '../nano/tinyNano.ts';
import { runHere, runProcess } from './testProgram.ts';

const root = await mkdtemp(path.join(os.tmpdir(), 'agentiad-convert-'));
afterAll(() => rm(root, { recursive: true }));

const shapes = parameterShapes(parseModelConfig(tinyConfigJson));
const inRoot = (name: string) => path.join(root, name);
const source = inRoot('tiny-checkpoint');
await writeCheckpoint(source);

let count = 0;
/** A folder of its own with the path of a target in it, to see what is left there. */
async function newTarget(): Promise<{ parent: string; to: string }> {
  const parent = inRoot(`target-${count++}`);
  await mkdir(parent);
  return { parent, to: path.join(parent, 'model') };
}

async function convert(from: string, ...args: readonly string[]) {
  const { to } = await newTarget();
  const result = await runHere('convert', '--from', from, '--to', to, ...args);
  expect(result.stderr).toContain(to);
  expect(result.stderr).toMatch(/^100 %: (\d\.\d) of \1 MB$/m);
  expect(result.code).toBe(0);
  return { to, ...result, summary: JSON.parse(result.stdout) as Record<string, unknown> };
}

/** Runs a conversion that must fail and leave nothing; returns what was said. */
async function refusal(from: string, ...args: readonly string[]): Promise<string> {
  const { parent, to } = await newTarget();
  const { code, stderr, stdout } = await runHere('convert', '--from', from, '--to', to, ...args);
  expect([code, stdout]).toEqual([1, '']);
  expect(await readdir(parent)).toEqual([]);
  return stderr;
}

describe('agentiad convert', () => {
  it('keeps every value with --scheme f32, whatever the form of the checkpoint', async () => {
    const forms = {
      'hub names, one file': {},
      'nested names, shards at odd offsets': { nestedNames: true, shards: 3, padding: 3 },
      'bfloat16 at an odd offset': { dtype: 'BF16', padding: 1 } as const,
    };
    const manifests: string[] = [];
    for (const [name, form] of Object.entries(forms)) {
      const folder = path.join(root, name, 'tiny-checkpoint');
      await writeCheckpoint(folder, form);
      const { to } = await convert(folder, '--scheme', 'f32');
      manifests.push(await readFile(path.join(to, 'manifest.json'), 'utf8'));
      const { weights } = await loadModelFolder(to);
      for (const [tensor, shape] of shapes) expect(await weights.read(tensor)).toEqual(checkpointValues(tensor, shape));
    }
    expect(new Set(manifests).size).toBe(1);
  });

  it('stores the body as int4, the embedding as int8, vision matrices as float16 and vectors as they are', async () => {
    const { to, summary } = await convert(source);
    const { encoded, weights, card } = await loadModelFolder(to);
    const scheme = (name: string) => encoded.tensors.get(name)?.scheme;
    expect(scheme('model.layers.1.mlp.down_proj.weight')).toBe('q4');
    expect(scheme('model.embed_tokens.weight')).toBe('q8');
    expect(scheme('lm_head.weight')).toBeUndefined(); // tied
    expect(scheme('visual.blocks.0.attn.qkv.weight')).toBe('f16');
    expect(scheme('visual.patch_embed.proj.weight')).toBe('f16');
    expect(scheme('model.layers.0.self_attn.q_proj.bias')).toBe('f32');
    expect(scheme('model.norm.weight')).toBe('f32');
    expect(card).toMatchObject({ scheme: 'q4', tuned: false, commercialUse: 'ask', id: 'tiny-checkpoint' });
    expect(summary).toMatchObject({ card, merged: null, ignored: [] });
    for (const [name, shape] of shapes) {
      const stored = await weights.read(name);
      const values = checkpointValues(name, shape);
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      // int4: half a step of an eighth, a little more at the positive end; the others are far nearer.
      const limit = largest * { q4: 0.126, q8: 0.004, f16: 0.0005, f32: 0 }[encoded.tensors.get(name)!.scheme];
      stored.forEach((value, i) => expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(limit));
    }
    const int8Vision = await loadModelFolder((await convert(source, '--vision-scheme', 'q8')).to);
    expect(int8Vision.encoded.tensors.get('visual.blocks.0.attn.qkv.weight')?.scheme).toBe('q8');
  });

  it('stores a model in another scheme, value for value as the checkpoint would be', async () => {
    const { to: exact } = await convert(source, '--scheme', 'f32', '--tuned');
    for (const scheme of ['q8', 'q4'] as const) {
      const again = await convert(exact, '--scheme', scheme);
      const direct = await convert(source, '--scheme', scheme);
      const [from, other] = [await loadModelFolder(again.to), await loadModelFolder(direct.to)];
      expect(again.summary['card']).toMatchObject({ scheme, tuned: true, id: 'tiny-checkpoint' });
      for (const name of shapes.keys()) {
        expect(from.encoded.tensors.get(name)).toEqual(other.encoded.tensors.get(name));
        expect(await from.weights.read(name)).toEqual(await other.weights.read(name));
      }
      expect(await refusal(again.to, '--scheme', 'q4')).toMatch(/is stored as q8: .* rounded twice/);
    }
  });

  it('makes a model that inspects as the original does', { timeout: 120_000 }, async () => {
    await writeTinyModel(inRoot('by-hand'));
    const original = (await loadModelFolder(inRoot('by-hand'))).weights;
    const values = new Map<string, Float32Array>();
    for (const name of shapes.keys()) values.set(name, await original.read(name));
    await writeCheckpoint(inRoot('answers'), { edit: (name, to) => to.set(values.get(name)!) });
    const { to } = await convert(inRoot('answers'), '--scheme', 'q8', '--name', 'My part');
    const image = inRoot('part.png');
    await writeFile(image, encodePng(fillRaster({ width: 60, height: 60 })));
    const { code, stdout } = await runHere('inspect', image, '--model', to, '--backend', 'wasm', '--mode', 'cot');
    const { status, model, verdict } = JSON.parse(stdout) as Verdict;
    expect(model).toMatchObject({ id: 'my-part', scheme: 'q8' });
    expect([code, status]).toEqual([0, 'complete']);
    expect(verdict.score).toBeCloseTo(TINY_SCORE, 1);
  });

  it('replaces a model it made and nothing else', async () => {
    const { to } = await convert(source);
    expect((await runHere('convert', '--from', source, '--to', to, '--scheme', 'q8')).code).toBe(0);
    expect((await loadModelFolder(to)).card.scheme).toBe('q8');
    expect(await readdir(path.dirname(to))).toEqual(['model']);

    const own = inRoot('photos');
    await mkdir(own);
    await writeFile(path.join(own, 'manifest.json'), '{"photos": 3}');
    const { code, stderr } = await runHere('convert', '--from', source, '--to', own);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/photos: is not empty and holds no converted model/)]);
    expect(await readdir(own)).toEqual(['manifest.json']);
  });

  it('keeps the old model when the new one fails', async () => {
    const { to } = await convert(source);
    const before = await readFile(path.join(to, 'manifest.json'), 'utf8');
    const broken = inRoot('broken');
    await writeCheckpoint(broken, { edit: (name, values) => name.endsWith('norm1.weight') && (values[3] = NaN) });
    expect((await runHere('convert', '--from', broken, '--to', to)).code).toBe(1);
    expect(await readFile(path.join(to, 'manifest.json'), 'utf8')).toBe(before);
    expect(await readdir(path.dirname(to))).toEqual(['model']);
  });

  it('leaves nothing behind when interrupted', async () => {
    const large = { intermediate_size: 60_000 };
    await writeCheckpoint(inRoot('large-body'), { config: large, dtype: 'BF16', weightsOf: large });
    const { parent, to } = await newTarget();
    let sent = false;
    const args = ['convert', '--from', inRoot('large-body'), '--to', to];
    const { code, stderr, stdout } = await runProcess(args, (text, kill) => {
      if (sent || !text.includes('Commercial use')) return;
      sent = true;
      kill('SIGINT');
    });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('was interrupted');
    expect(await readdir(parent)).toEqual([]);
  });
});

describe('a bad checkpoint is refused by name and leaves nothing', () => {
  const spoil = async (name: string, form: Parameters<typeof writeCheckpoint>[1] = {}) => {
    await writeCheckpoint(inRoot(name), form);
    return inRoot(name);
  };
  const poke = (tensor: string, value: number) => (name: string, values: Float32Array) => {
    if (name === tensor) values[values.length - 1] = value;
  };

  it('a truncated shard', async () => {
    const folder = await spoil('truncated', { shards: 2 });
    const shard = path.join(folder, 'model-2-of-2.safetensors');
    await truncate(shard, (await stat(shard)).size - 1);
    expect(await refusal(folder)).toMatch(/model-2-of-2\.safetensors: .*truncated/);
  });

  it.each(['tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json', 'config.json'])(
    'without %s',
    async (file) => {
      const folder = await spoil(`without-${file}`);
      await rm(path.join(folder, file));
      expect(await refusal(folder)).toContain(`${file}: is missing`);
    },
  );

  it('another architecture', async () => {
    expect(await refusal(await spoil('llama', { config: { model_type: 'llama' } }))).toContain('"llama"');
  });

  it('weights that are not those of its config.json', async () => {
    expect(await refusal(await spoil('mixed', { config: { intermediate_size: 64 } }))).toMatch(
      /mlp\.gate_proj\.weight.*\[48, 32\].*\[64, 32\]/,
    );
  });

  it('one that is quantised already', async () => {
    const config = { quantization_config: { quant_method: 'gptq' } };
    expect(await refusal(await spoil('gptq', { config }))).toMatch(/GPTQ.*unquantised/);
  });

  it('NaN and infinite weights', async () => {
    const name = 'model.layers.1.mlp.up_proj.weight';
    expect(await refusal(await spoil('nan', { edit: poke(name, NaN) }))).toMatch(`tensor ${name}`);
    expect(await refusal(await spoil('infinite', { edit: poke(name, -Infinity) }))).toContain('-Infinity');
  });

  it('values beyond float16, which another scheme holds', async () => {
    const name = 'visual.merger.mlp.0.weight';
    const folder = await spoil('large', { edit: poke(name, 70_000) });
    expect(await refusal(folder)).toMatch(new RegExp(`tensor ${name}.*70000.*f16`));
    await convert(folder, '--vision-scheme', 'q8');
  });

  it('a model that was converted before, a file, nothing at all', async () => {
    const { to } = await convert(source);
    expect(await refusal(to)).toMatch(/converted model already.*--adapter/s);
    expect(await refusal(inRoot('nowhere'))).toContain('no such folder');
    expect(await refusal(path.join(source, 'config.json'))).toContain('no such folder');
  });
});

describe('the licence', () => {
  it('is taken from the README where the size tells nothing', async () => {
    const folder = inRoot('with-readme');
    await writeCheckpoint(folder);
    await writeFile(path.join(folder, 'README.md'), '---\nlicense: apache-2.0\n---\n# A model\n');
    expect((await convert(folder)).summary['card']).toMatchObject({ licence: 'apache-2.0', commercialUse: 'yes' });
    const stated = await convert(folder, '--licence', 'My terms', '--commercial-use', 'no');
    expect(stated.summary['card']).toMatchObject({ licence: 'My terms', commercialUse: 'no' });
    expect(stated.stderr).toContain('Base, not inspection-tuned');
  });

  it('file goes along', async () => {
    const folder = inRoot('with-licence');
    await writeCheckpoint(folder);
    await appendFile(path.join(folder, 'LICENSE'), '\n  Terms of Use\n\nYou may look.');
    const { to, summary } = await convert(folder);
    expect(summary['card']).toMatchObject({ licence: 'Terms of Use', commercialUse: 'ask' });
    expect(await readdir(to)).toContain('LICENSE');
  });
});

describe('--adapter', () => {
  const rank = 2;
  const wave = (size: number, step: number) => Array.from({ length: size }, (_, i) => Math.sin(i * step + 1) / 8);
  const targets: readonly (readonly [string, string, [number, number]])[] = [
    ['model.layers.0.self_attn.q_proj', 'base_model.model.model.layers.0.self_attn.q_proj', [32, 32]],
    ['model.layers.1.mlp.down_proj', 'base_model.model.model.language_model.layers.1.mlp.down_proj', [32, 48]],
    ['visual.blocks.1.attn.qkv', 'base_model.model.visual.blocks.1.attn.qkv', [48, 16]],
  ];
  const modules = targets.map(([, prefix, shape]) => {
    return { prefix, shape, a: wave(rank * shape[1], 0.7), b: wave(shape[0] * rank, 1.3) };
  });

  async function adapter(name: string, form: Partial<AdapterForm> = {}): Promise<string> {
    await writeAdapter(inRoot(name), { modules, rank, ...form });
    return inRoot(name);
  }

  it.each([
    ['lora_alpha / r', false, 2],
    ['lora_alpha / sqrt(r)', true, 4 / Math.sqrt(2)],
  ])('adds the product of the factors times %s to its targets alone', async (_, use_rslora, scale) => {
    const folder = await adapter(`lora-${use_rslora}`, { config: { use_rslora } });
    const { to, summary, stderr } = await convert(source, '--scheme', 'f32', '--adapter', folder);
    expect(summary['merged']).toEqual({ targets: 3, changed: 3, unchanged: shapes.size - 3 });
    expect(stderr).toContain('3 of 3 targeted tensors changed');
    const { weights, card } = await loadModelFolder(to);
    expect(card.trainedOn).toContain(path.basename(folder));
    for (const [name, shape] of shapes) {
      const base = checkpointValues(name, shape);
      const merged = await weights.read(name);
      const at = targets.findIndex(([module]) => `${module}.weight` === name);
      if (at < 0) {
        expect(merged).toEqual(base);
        continue;
      }
      const { a, b, shape: size } = modules[at]!;
      for (let row = 0; row < size[0]; row++) {
        for (let column = 0; column < size[1]; column++) {
          const i = row * size[1] + column;
          const delta = b[row * rank]! * a[column]! + b[row * rank + 1]! * a[size[1] + column]!;
          expect(merged[i]).toBeCloseTo(base[i]! + scale * delta, 5);
        }
      }
    }
  });

  describe('into a model that was converted before', () => {
    const convertedTo = async (scheme: string) => (await convert(source, '--scheme', scheme, '--name', 'Base')).to;

    it.each(['f32', 'f16'])('with matrices in %s: the sums, rounded to it; all other bytes stay', async (scheme) => {
      const baseFolder = await convertedTo(scheme);
      const base = await loadModelFolder(baseFolder);
      const folder = await adapter('lora-on-model');
      const { to, summary, stderr } = await convert(baseFolder, '--adapter', folder);
      expect(stderr).toContain('3 of 3 targeted tensors changed, ');
      expect(summary).toMatchObject({
        merged: { targets: 3, changed: 3, unchanged: shapes.size - 3 },
        card: {
          id: 'base',
          name: 'Base',
          scheme,
          trainedOn: expect.stringMatching(/; with the LoRA lora-on-model$/) as string,
        },
      });
      const merged = await loadModelFolder(to);
      const direct = await loadModelFolder((await convert(source, '--scheme', scheme, '--adapter', folder)).to);
      for (const [name, shape] of shapes) {
        const rows = shape[0]!;
        const bytes = (model: typeof base) => model.encoded.readRows(name, 0, rows);
        expect(merged.encoded.tensors.get(name)).toMatchObject({
          shape,
          scheme: base.encoded.tensors.get(name)!.scheme,
        });
        if (!targets.some(([module]) => `${module}.weight` === name)) {
          expect(await bytes(merged), name).toEqual(await bytes(base));
        } else if (scheme === 'f32') {
          expect(await bytes(merged), name).toEqual(await bytes(direct));
        } else {
          // Rounded once more than straight from the checkpoint.
          const [ours, theirs] = [await merged.weights.read(name), await direct.weights.read(name)];
          ours.forEach((value, i) =>
            expect(Math.abs(value - theirs[i]!)).toBeLessThanOrEqual(2 ** -10 * Math.abs(theirs[i]!) + 1e-6),
          );
        }
      }
    });

    it.each(['q8', 'q4'])('with matrices in %s: refuses, as its steps would swallow the changes', async (scheme) => {
      const stderr = await refusal(await convertedTo(scheme), '--adapter', await adapter('lora-on-steps'));
      expect(stderr).toMatch(
        new RegExp(`tensor model\\.layers\\.0\\.self_attn\\.q_proj\\.weight: .* stored as ${scheme}`),
      );
      expect(stderr).toContain('--scheme f16');
    });

    it('refuses another scheme, changes that all round away, and an adapter of another model', async () => {
      const base = await convertedTo('f16');
      const folder = await adapter('lora-elsewhere');
      expect(await refusal(base, '--adapter', folder, '--scheme', 'q4')).toContain('keep their schemes');
      const faint = [{ ...modules[0]!, b: modules[0]!.b.map((value) => 1e-9 * value) }];
      expect(await refusal(base, '--adapter', await adapter('faint', { modules: faint }))).toContain(
        'does not change it',
      );
      const stranger = [{ ...modules[0]!, prefix: 'base_model.model.model.layers.7.mlp.up_proj' }];
      expect(await refusal(base, '--adapter', await adapter('other', { modules: stranger }))).toContain(
        'does not have',
      );
    });
  });

  it('refuses one that was never trained', async () => {
    const idle = [{ ...modules[0]!, b: modules[0]!.b.map(() => 0) }];
    const folder = await adapter('idle', { modules: idle });
    expect(await refusal(source, '--adapter', folder)).toMatch(/layers\.0\.self_attn\.q_proj\.weight.*does not change/);
  });

  it.each([
    ['DoRA', { use_dora: true }, /DoRA/],
    ['another type', { peft_type: 'IA3' }, /"IA3"/],
    ['whole modules', { modules_to_save: ['lm_head'] }, /modules_to_save/],
    ['a changed base', { init_lora_weights: 'pissa_niter_4' }, /changed base/],
    ['another rank', { r: 4 }, /lora_A\.weight the shape \[2, 32\] where rank 4/],
    ['a target that it does not hold', { target_modules: ['q_proj', 'down_proj', 'qkv', 'k_proj'] }, /k_proj/],
    ['a matrix that is no target', { target_modules: ['q_proj', 'down_proj'] }, /qkv\.weight/],
  ])('refuses %s by name', async (name, config, reason) => {
    expect(await refusal(source, '--adapter', await adapter(`bad ${name}`, { config }))).toMatch(reason);
  });

  it('refuses matrices of another model by name', async () => {
    const prefix = 'base_model.model.model.layers.7.mlp.up_proj';
    const stranger = [...modules, { ...modules[0]!, prefix }];
    const folder = await adapter('stranger', { modules: stranger });
    expect(await refusal(source, '--adapter', folder)).toMatch(/model\.layers\.7\.mlp\.up_proj\.weight.*does not have/);
  });

  it('says which file is missing', async () => {
    const folder = await adapter('headless');
    await rm(path.join(folder, 'adapter_model.safetensors'));
    expect(await refusal(source, '--adapter', folder)).toMatch(/adapter_model\.safetensors.*is missing/);
    expect(await refusal(source, '--adapter', source)).toMatch(/adapter_config\.json.*is missing/);
  });
});
