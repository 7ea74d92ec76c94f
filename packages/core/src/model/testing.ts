/** Model folders in memory, for tests. */
import { encodeUtf8 } from '../support/utf8.ts';
import type { ByteSource } from './weightSource.ts';

export type Files = Map<string, Uint8Array>;

export function createMemorySource(files: Files): ByteSource {
  return {
    size: async (path) => files.get(path)?.length ?? null,
    read: async (path, start, end) => files.get(path)!.subarray(start, end),
  };
}

export function jsonBytes(value: unknown): Uint8Array {
  return encodeUtf8(JSON.stringify(value));
}

export interface RawTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** A safetensors file. `padding` spaces after the header move the data to any offset, odd ones too. */
export function encodeSafetensors(tensors: { readonly [name: string]: RawTensor }, padding = 0): Uint8Array {
  let end = 0;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [end, (end += data.length)] };
  }
  const text = encodeUtf8(JSON.stringify(header) + ' '.repeat(padding));
  const out = new Uint8Array(8 + text.length + end);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  let at = 8 + text.length;
  for (const { data } of Object.values(tensors)) {
    out.set(data, at);
    at += data.length;
  }
  return out;
}

export function float32Tensor(shape: readonly number[], values: readonly number[]): RawTensor {
  return { dtype: 'F32', shape, data: new Uint8Array(Float32Array.from(values).buffer) };
}
