import { describe, expect, it } from 'vitest';
import { readSafetensorsHeader, readSafetensorsTensor } from './safetensors.ts';
import { createMemorySource } from './testing.ts';
import { encodeSafetensors } from './writeSafetensors.ts';

function join(pieces: Iterable<Uint8Array>): Uint8Array {
  return Uint8Array.from([...pieces].flatMap((piece) => [...piece]));
}

describe('encodeSafetensors', () => {
  const tensors = new Map([
    ['layers.0.weight', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, NaN, Infinity, 1e-40) }],
    ['scalar', { shape: [], values: Float32Array.of(7) }],
    ['part of a larger array', { shape: [2], values: new Float32Array([9, 10, 11, 12]).subarray(1, 3) }],
    ['empty', { shape: [0, 4], values: new Float32Array(0) }],
    ['überall "quoted"', { shape: [1], values: Float32Array.of(-0) }],
  ]);

  it('is read back bit by bit: names, shapes and values', async () => {
    const source = createMemorySource(new Map([['a.safetensors', join(encodeSafetensors(tensors))]]));
    const header = await readSafetensorsHeader(source, 'a.safetensors');
    expect([...header.keys()]).toEqual([...tensors.keys()]);
    for (const [name, { shape, values }] of tensors) {
      const entry = header.get(name)!;
      expect(entry.shape).toEqual(shape);
      expect(await readSafetensorsTensor(source, 'a.safetensors', name, entry)).toEqual(Float32Array.from(values));
    }
  });

  it('follows the format: length, header, data without holes, aligned, with its table of texts', () => {
    const bytes = join(encodeSafetensors(tensors, { step: '12' }));
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<string, unknown>;
    expect(header['__metadata__']).toEqual({ step: '12' });
    const offsets = Object.values(header).flatMap((entry) => (entry as { data_offsets?: number[] }).data_offsets ?? []);
    expect(offsets).toEqual([0, 24, 24, 28, 28, 36, 36, 36, 36, 40]);
    expect(bytes.length).toBe(8 + length + 40);
  });

  it('refuses values that do not fill their shape', () => {
    const wrong = new Map([['w', { shape: [2, 2], values: new Float32Array(3) }]]);
    expect(() => join(encodeSafetensors(wrong))).toThrow(/w \[2,2\] has 3 values/);
  });
});
