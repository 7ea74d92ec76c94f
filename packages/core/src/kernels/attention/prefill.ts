/**
 * Attention of a chunk of rows to the key-value cache, which holds the chunk's own keys and values already: row r sees
 * the first `cached + r + 1` tokens. Queries are rotated and scaled. All query heads of a key-value head are served
 * together: its queries are pairs (row, head of the group), row-major. Bindings: q [rows, heads * headDim], kv, pass,
 * out (shaped as q); activations f32 with padded rows.
 */
import type { Capabilities } from '../capabilities.ts';
import type { Kernel, Workgroups } from '../kernel.ts';
import { passFields, rowStride } from '../layout.ts';
import { cacheReader, rowReader, type CacheAttentionSpec } from './cache.ts';
import { queryAttentionKernel, queryAttentionWorkgroups } from './queryAttention.ts';

export type PrefillAttentionSpec = CacheAttentionSpec;

export function prefillAttentionKernel(spec: PrefillAttentionSpec, capabilities: Capabilities): Kernel {
  const { heads, kvHeads, headDim } = spec;
  const group = heads / kvHeads;
  const cache = cacheReader(spec, capabilities);
  const rows = rowReader('q', headDim);
  return queryAttentionKernel(
    {
      label: `attention prefill ${spec.kv} ${heads}/${kvHeads}x${headDim}`,
      headDim,
      enable: cache.enable,
      bindings: ['read', 'read', 'read', 'readWrite'],
      declarations: `
@group(0) @binding(0) var<storage, read> q: array<${rows.element}>;
@group(0) @binding(1) var<storage, read> kv: array<${cache.element}>;
@group(0) @binding(2) var<storage, read> pass_info: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;`,
      functions: `${cache.functions}
${rows.functions}
fn query_count() -> u32 {
  return pass_info[${passFields.rows}] * ${group}u;
}
fn seen(query: u32) -> vec2<u32> {
  return vec2<u32>(0u, pass_info[${passFields.cached}] + query / ${group}u + 1u);
}
fn span(first: u32, last: u32) -> vec2<u32> {
  return seen(last);
}
fn out_at(kv_head: u32, query: u32) -> u32 {
  return query / ${group}u * ${rowStride(heads * headDim)}u + (kv_head * ${group}u + query % ${group}u) * ${headDim}u;
}
fn query4(kv_head: u32, query: u32, i: u32) -> vec4<f32> {
  return q4(out_at(kv_head, query), i);
}
`,
    },
    capabilities,
  );
}

/** For chunks of up to `rows` rows. */
export function prefillAttentionWorkgroups(
  { heads, kvHeads }: PrefillAttentionSpec,
  rows: number,
  capabilities: Capabilities,
): Workgroups {
  return queryAttentionWorkgroups(kvHeads, (rows * heads) / kvHeads, capabilities);
}
