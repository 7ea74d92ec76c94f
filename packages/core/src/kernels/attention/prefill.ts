/**
 * Attention of a chunk of rows to the key-value cache, which holds the chunk's own keys and values already: row r sees
 * the first `cached + r + 1` tokens. Queries are rotated and scaled. Bindings: q [rows, heads * headDim], kv, pass, out
 * (shaped as q); activations f32 with padded rows.
 */
import type { Capabilities } from '../capabilities.ts';
import type { Kernel, Workgroups } from '../kernel.ts';
import { passFields, rowStride } from '../layout.ts';
import { cacheReader, rowReader, type CacheAttentionSpec } from './cache.ts';
import { each, laneAttention, laneCount, writeLane } from './lanes.ts';

export type PrefillAttentionSpec = CacheAttentionSpec;

const tile = { queries: 1, keys: 4, tileKeys: 64 };
const { queries } = tile;
const invocations = laneCount;

export function prefillAttentionKernel(spec: PrefillAttentionSpec, capabilities: Capabilities): Kernel {
  const { heads, kvHeads, headDim } = spec;
  const group = heads / kvHeads;
  const cache = cacheReader(spec, capabilities);
  const rows = rowReader('q', headDim);
  const attention = laneAttention({
    headDim,
    tile,
    query4: (r, i) => `q4(at_${r}, ${i})`,
    key4: (token, i) => `cache4(key_at(kv_head, ${token}) + ${i})`,
    value4: (token, i) => `cache4(value_at(kv_head, ${token}) + ${i})`,
    visible: (r, token) => `${token} <= past_${r}`,
  });
  return {
    label: `attention prefill ${spec.kv} ${heads}/${kvHeads}x${headDim}`,
    bindings: ['read', 'read', 'read', 'readWrite'],
    wgsl: `${cache.enable}
@group(0) @binding(0) var<storage, read> q: array<${rows.element}>;
@group(0) @binding(1) var<storage, read> kv: array<${cache.element}>;
@group(0) @binding(2) var<storage, read> pass_info: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
${cache.functions}
${rows.functions}
@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let pairs = pass_info[${passFields.rows}] * ${group}u; // (row, head of the group)
  let cached = pass_info[${passFields.cached}];
  let kv_head = workgroup.y;
  let start = workgroup.x * ${invocations * queries}u;
  if (start >= pairs) { return; }
  let first = 0u;
  let last = cached + min(start + ${invocations * queries - 1}u, pairs - 1u) / ${group}u + 1u;
${each(
  queries,
  (r) => `let pair_${r} = start + ${r * invocations}u + lane;
let within_${r} = min(pair_${r}, pairs - 1u);
let past_${r} = cached + within_${r} / ${group}u;
let at_${r} = within_${r} / ${group}u * ${rowStride(heads * headDim)}u + (kv_head * ${group}u + within_${r} % ${group}u) * ${headDim}u;`,
)}
${attention}
${each(
  queries,
  (r) => `if (pair_${r} < pairs) {
let share_${r} = 1.0 / sum_${r};
${writeLane(headDim, r, 'out', `at_${r}`, `share_${r}`)}
}`,
)}
}
`,
  };
}

export function prefillAttentionWorkgroups(
  { heads, kvHeads }: PrefillAttentionSpec,
  rows: number,
  _capabilities: Capabilities,
): Workgroups {
  return [Math.ceil((rows * heads) / kvHeads / (invocations * queries)), kvHeads, 1];
}
