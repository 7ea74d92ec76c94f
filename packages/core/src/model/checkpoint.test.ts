import { describe, expect, it } from 'vitest';
import { UserError } from '../support/userError.ts';
import { checkpointIdentity, openCheckpoint, refuseQuantisedConfig } from './checkpoint.ts';
import { createMemorySource, encodeSafetensors, float32Tensor, jsonBytes, type Files } from './testing.ts';

const single = (file: Uint8Array) => createMemorySource(new Map([['model.safetensors', file]]));

async function refusal(promise: Promise<unknown>): Promise<UserError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('openCheckpoint', () => {
  it('reads float32, float16 and bfloat16 as the same numbers', async () => {
    const file = encodeSafetensors({
      a: float32Tensor([2], [1, -2.5]),
      b: { dtype: 'F16', shape: [2], data: Uint8Array.of(0x00, 0x3c, 0x00, 0xc1) },
      c: { dtype: 'BF16', shape: [2, 1], data: Uint8Array.of(0x80, 0x3f, 0x20, 0xc0) },
    });
    const checkpoint = await openCheckpoint(single(file));
    for (const name of 'abc') expect(await checkpoint.read(name)).toEqual(Float32Array.of(1, -2.5));
    expect(checkpoint.tensors.get('c')).toMatchObject({ shape: [2, 1], dtype: 'BF16' });
  });

  it('reads data at odd offsets', async () => {
    for (const padding of [0, 1, 2, 3]) {
      const file = encodeSafetensors({ a: float32Tensor([3], [1, 2, 3]) }, padding);
      expect(await (await openCheckpoint(single(file))).read('a')).toEqual(Float32Array.of(1, 2, 3));
    }
  });

  it.each([0, 1])('reads ranges of rows of each type, data at an offset of %i', async (padding) => {
    const file = encodeSafetensors(
      {
        wide: float32Tensor([3, 1, 2], [1, 2, 3, 4, 5, 6]),
        half: { dtype: 'BF16', shape: [3, 1], data: Uint8Array.of(0x80, 0x3f, 0x20, 0xc0, 0, 0x40) },
        vector: float32Tensor([4], [7, 8, 9, 10]),
      },
      padding,
    );
    const { readRows } = await openCheckpoint(single(file));
    expect(await readRows('wide', 1, 3)).toEqual(Float32Array.of(3, 4, 5, 6));
    expect(await readRows('half', 1, 3)).toEqual(Float32Array.of(-2.5, 2));
    expect(await readRows('vector', 2, 3)).toEqual(Float32Array.of(9));
    expect(await readRows('wide', 2, 2)).toEqual(new Float32Array());
    await expect(readRows('wide', 1, 4)).rejects.toThrow('rows 1 to 4');
  });

  it('gives both naming generations the same names', async () => {
    const one = float32Tensor([1], [1]);
    const hub = { 'model.norm.weight': one, 'visual.blocks.0.norm1.weight': one, 'lm_head.weight': one };
    const nested = {
      'model.language_model.norm.weight': one,
      'model.visual.blocks.0.norm1.weight': one,
      'lm_head.weight': one,
    };
    const names = async (file: Uint8Array) => Array.from((await openCheckpoint(single(file))).tensors.keys());
    expect(await names(encodeSafetensors(nested))).toEqual(await names(encodeSafetensors(hub)));
  });

  it('refuses a folder in which two tensors mean the same', async () => {
    const one = float32Tensor([1], [1]);
    const file = encodeSafetensors({ 'model.norm.weight': one, 'model.language_model.norm.weight': one });
    expect((await refusal(openCheckpoint(single(file)))).code).toBe('duplicate-tensor');
  });

  it('names the missing tensor', async () => {
    const checkpoint = await openCheckpoint(single(encodeSafetensors({ a: float32Tensor([1], [1]) })));
    expect((await refusal(checkpoint.read('model.norm.weight'))).message).toContain('model.norm.weight');
  });
});

describe('a damaged file', () => {
  const whole = encodeSafetensors({ a: float32Tensor([2], [1, 2]) });

  it.each([
    ['cut in the data', whole.subarray(0, whole.length - 1), /truncated/],
    ['cut in the header', whole.subarray(0, 20), /inside its header/],
    ['empty', new Uint8Array(0), /0 bytes/],
    ['an HTML page', new Uint8Array(100).fill(60), /does not start like/],
    ['garbage in the header', whole.map((byte, at) => (at === 8 ? 0 : byte)), /not valid JSON/],
    ['a shape that does not fit', encodeSafetensors({ a: { ...float32Tensor([2], [1, 2]), shape: [3] } }), /needs 12/],
    ['a negative side', encodeSafetensors({ a: { ...float32Tensor([2], [1, 2]), shape: [-2] } }), /cannot be read/],
  ])('%s is refused by name', async (_, file, reason) => {
    const error = await refusal(openCheckpoint(single(file)));
    expect(error.subject).toContain('model.safetensors');
    expect(error.reason).toMatch(reason);
  });

  it('names a type that is not read, and the ones that are', async () => {
    const file = encodeSafetensors({ a: { dtype: 'F8_E4M3', shape: [2], data: Uint8Array.of(0, 1) } });
    const error = await refusal((await openCheckpoint(single(file))).read('a'));
    expect(error.reason).toMatch(/F8_E4M3.*BF16/);
  });

  it('says which files are wanted when there are none', async () => {
    const error = await refusal(openCheckpoint(createMemorySource(new Map([['pytorch_model.bin', whole]]))));
    expect(error.message).toMatch(/model\.safetensors.*\.bin/);
  });
});

describe('shards', () => {
  const folder = (): Files =>
    new Map([
      ['model-1.safetensors', encodeSafetensors({ a: float32Tensor([1], [1]) })],
      ['model-2.safetensors', encodeSafetensors({ b: float32Tensor([1], [2]) }, 1)],
      [
        'model.safetensors.index.json',
        jsonBytes({ weight_map: { a: 'model-1.safetensors', b: 'model-2.safetensors' } }),
      ],
    ]);

  it('are read as one', async () => {
    const checkpoint = await openCheckpoint(createMemorySource(folder()));
    expect([...(await checkpoint.read('a')), ...(await checkpoint.read('b'))]).toEqual([1, 2]);
  });

  it('a missing one is named', async () => {
    const files = folder();
    files.delete('model-2.safetensors');
    const error = await refusal(openCheckpoint(createMemorySource(files)));
    expect(error).toMatchObject({ code: 'missing-shard', subject: 'model-2.safetensors' });
  });

  it('one without its tensor is named', async () => {
    const files = folder().set('model-2.safetensors', encodeSafetensors({ c: float32Tensor([1], [2]) }));
    const error = await refusal(openCheckpoint(createMemorySource(files)));
    expect(error.reason).toMatch(/tensor b in model-2\.safetensors/);
  });

  it('outside the folder are refused', async () => {
    const files = folder().set(
      'model.safetensors.index.json',
      jsonBytes({ weight_map: { a: '../model-1.safetensors' } }),
    );
    expect((await refusal(openCheckpoint(createMemorySource(files)))).code).toBe('bad-index');
  });
});

describe('quantised checkpoints', () => {
  it.each(['gptq', 'awq', 'bitsandbytes'])('%s is refused by name', (method) => {
    const config = { quantization_config: { quant_method: method } };
    expect(() => refuseQuantisedConfig(config)).toThrow(method.toUpperCase());
    expect(() => refuseQuantisedConfig({})).not.toThrow();
  });

  it('are told by their tensors too', async () => {
    const tensor = { dtype: 'I32', shape: [1], data: new Uint8Array(4) };
    const file = encodeSafetensors({ 'model.layers.0.mlp.up_proj.qweight': tensor });
    expect((await refusal(openCheckpoint(single(file)))).reason).toContain('GPTQ or AWQ');
  });
});

describe('checkpointIdentity', () => {
  it('follows the values, not the file layout', async () => {
    const identity = async (values: number[], padding: number) => {
      const source = single(encodeSafetensors({ a: float32Tensor([2], values) }, padding));
      return checkpointIdentity(source, await openCheckpoint(source));
    };
    expect(await identity([1, 2], 0)).toBe(await identity([1, 2], 5));
    expect(await identity([1, 2], 0)).not.toBe(await identity([1, 3], 0));
  });
});
