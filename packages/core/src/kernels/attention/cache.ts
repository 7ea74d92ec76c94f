/**
 * Reading queries, keys and values in WGSL, four values at a time. Tokens of the key-value cache are padded with zeros
 * to whole vectors; activations are not padded between heads, so head sizes that are no multiple of 4 are read one value
 * at a time there, with zeros behind the head's end.
 */
import type { Capabilities } from '../capabilities.ts';
import { headStride } from '../layout.ts';

export type KvFormat = 'f16' | 'f32';

/** What prefill and decode attention have in common. `heads` is a multiple of `kvHeads`. */
export interface CacheAttentionSpec {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Tokens the cache has room for. */
  readonly context: number;
  readonly kv: KvFormat;
}

/** Vectors of four values that hold one head. */
export function headVectors(headDim: number): number {
  return Math.ceil(headDim / 4);
}

/** Bytes of one layer's cache: keys, then values. */
export function cacheBytes({ kvHeads, headDim, context, kv }: CacheAttentionSpec): number {
  return 2 * kvHeads * context * headStride(headDim) * (kv === 'f16' ? 2 : 4);
}

/** What a kernel needs before its code to read the cache. */
export interface CacheReader {
  /** `enable` directives. */
  readonly enable: string;
  /** Element type of the binding `kv`. */
  readonly element: string;
  /** `key4(kvHead, token, i)` and `value4(kvHead, token, i)`: vector i of a token. */
  readonly functions: string;
}

export function cacheReader(spec: CacheAttentionSpec, { tier }: Capabilities): CacheReader {
  const { kvHeads, headDim, context, kv } = spec;
  const vectors = headStride(headDim) / 4;
  const isNative = kv === 'f16' && tier === 2;
  const element = kv === 'f32' ? 'vec4<f32>' : isNative ? 'vec4<f16>' : 'vec2<u32>';
  const read =
    kv === 'f32'
      ? 'return kv[index];'
      : isNative
        ? 'return vec4<f32>(kv[index]);'
        : 'let packed = kv[index];\n  return vec4<f32>(unpack2x16float(packed.x), unpack2x16float(packed.y));';
  return {
    enable: isNative ? 'enable f16;\n' : '',
    element,
    functions: `
fn key4(kv_head: u32, token: u32, i: u32) -> vec4<f32> {
  return cache4((kv_head * ${context}u + token) * ${vectors}u + i);
}
fn value4(kv_head: u32, token: u32, i: u32) -> vec4<f32> {
  return cache4(((${kvHeads}u + kv_head) * ${context}u + token) * ${vectors}u + i);
}
fn cache4(index: u32) -> vec4<f32> {
  ${read}
}`,
  };
}

/** How activations bound as `name` are read: `${name}4(at, i)` is vector i of the head that begins at value `at`. */
export interface RowReader {
  readonly element: string;
  readonly functions: string;
}

export function rowReader(name: string, headDim: number): RowReader {
  if (headDim % 4 === 0) {
    return {
      element: 'vec4<f32>',
      functions: `
fn ${name}4(at: u32, i: u32) -> vec4<f32> {
  return ${name}[at / 4u + i];
}`,
    };
  }
  const value = (j: number) =>
    `select(0.0, ${name}[at + min(4u * i + ${j}u, ${headDim - 1}u)], 4u * i + ${j}u < ${headDim}u)`;
  return {
    element: 'f32',
    functions: `
fn ${name}4(at: u32, i: u32) -> vec4<f32> {
  return vec4<f32>(${[0, 1, 2, 3].map(value).join(', ')});
}`,
  };
}
