/**
 * Attention of one row to the key-value cache, which holds the row's own key and value already: it sees `cached + 1`
 * tokens. The tokens are split evenly over `splits` workgroups per key-value head, each serving all query heads that
 * share it; a second kernel merges their partial results. With one split the first kernel writes the result itself and
 * there is no second. The number of tokens is known on the GPU alone: splits without tokens return at once, and the
 * merge, which finds the same split, never reads them.
 *
 * Bindings: split: q [1, heads * headDim], kv, pass, partial (or out when splits = 1); merge: partial, pass,
 * out [1, heads * headDim]. Queries are rotated and scaled.
 */
import type { Capabilities } from '../capabilities.ts';
import type { Kernel, Workgroups } from '../kernel.ts';
import { passFields } from '../layout.ts';
import { cacheReader, headVectors, rowReader, type CacheAttentionSpec } from './cache.ts';
import { groupAttention, groupHeads, groupInvocations, groupMemory } from './decodeGroup.ts';
import { hidden, laneAttention, writeLane } from './lanes.ts';

export interface DecodeAttentionSpec extends CacheAttentionSpec {
  readonly splits: number;
}

export interface DecodeAttentionKernels {
  readonly split: Kernel;
  /** `null` when splits = 1. */
  readonly merge: Kernel | null;
}

const tile = { queries: 1, keys: 4, tileKeys: 64 };
const mergeInvocations = 64;
/** No split is cut finer than this many tokens. */
const smallestSplit = 32;

/** Splits worth their merge for contexts of up to `tokens` tokens. */
export function decodeSplits(tokens: number): number {
  return tokens <= 128 ? 1 : Math.min(64, Math.ceil(tokens / 128));
}

/** Bytes of the partial results: per head and split its weighted values, largest score and sum of exponentials. */
export function decodePartialBytes({ heads, headDim, splits }: DecodeAttentionSpec): number {
  return 4 * heads * splits * partialStride(headDim);
}

function partialStride(headDim: number): number {
  return 4 * headVectors(headDim) + 4;
}

/** `tokens` and the `share` of them each split takes, found alike by both kernels. */
function splitPlan(splits: number): string {
  return `
  let tokens = pass_info[${passFields.cached}] + 1u;
  let share = max((tokens + ${splits - 1}u) / ${splits}u, ${smallestSplit}u);`;
}

export function decodeAttentionKernels(spec: DecodeAttentionSpec, capabilities: Capabilities): DecodeAttentionKernels {
  return { split: splitKernel(spec, capabilities), merge: spec.splits === 1 ? null : mergeKernel(spec) };
}

function splitKernel(spec: DecodeAttentionSpec, capabilities: Capabilities): Kernel {
  const { heads, kvHeads, headDim, splits } = spec;
  const { isSoftware } = capabilities;
  const cache = cacheReader(spec, capabilities);
  const rows = rowReader('q', headDim);
  return {
    label: `attention decode ${spec.kv} ${heads}/${kvHeads}x${headDim} in ${splits}`,
    bindings: ['read', 'read', 'read', 'readWrite'],
    wgsl: `${cache.enable}
@group(0) @binding(0) var<storage, read> q: array<${rows.element}>;
@group(0) @binding(1) var<storage, read> kv: array<${cache.element}>;
@group(0) @binding(2) var<storage, read> pass_info: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
${cache.functions}
${rows.functions}
${isSoftware ? laneFunctions(spec) : groupFunctions(spec)}
@compute @workgroup_size(${isSoftware ? heads / kvHeads : groupInvocations})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  ${splitPlan(splits)}
  let first = workgroup.x * share;
  let last = min(first + share, tokens);
  if (first >= last) { return; }
  ${isSoftware ? laneMain(spec) : groupMain(spec)}
}
`,
  };
}

/** For adapters on the processor: an invocation a query head. */
function laneFunctions({ heads, kvHeads, headDim }: DecodeAttentionSpec): string {
  return `
fn seen(query: u32) -> vec2<u32> {
  return vec2<u32>(0u, pass_info[${passFields.cached}] + 1u);
}
fn query4(kv_head: u32, query: u32, i: u32) -> vec4<f32> {
  return q4((kv_head * ${heads / kvHeads}u + query) * ${headDim}u, i);
}`;
}

function laneMain({ heads, kvHeads, headDim, splits }: DecodeAttentionSpec): string {
  const stride = partialStride(headDim);
  return `
  let head = workgroup.y;
  let query_0 = lane;
  ${laneAttention(headDim, tile)}
  let to = head * ${heads / kvHeads}u + lane;
  ${
    splits === 1
      ? writeLane(headDim, 0, `to * ${headDim}u`, '(1.0 / sum_0)')
      : `let at = (to * ${splits}u + workgroup.x) * ${stride}u;
  ${writeLane(headDim, 0, 'at', '1.0')}
  out[at + ${stride - 4}u] = top_0;
  out[at + ${stride - 3}u] = sum_0;`
  }`;
}

/** For GPUs: a workgroup for up to 8 query heads of a key-value head. */
function groupFunctions({ headDim, splits }: DecodeAttentionSpec): string {
  const stride = partialStride(headDim);
  const write =
    splits === 1
      ? `for (var j = 0u; j < 4u; j++) {
    if (4u * i + j < ${headDim}u) { out[head * ${headDim}u + 4u * i + j] = value[j] / sum; }
  }`
      : `let at = (head * ${splits}u + split) * ${stride}u;
  for (var j = 0u; j < 4u; j++) { out[at + 4u * i + j] = value[j]; }
  if (i == 0u) {
    out[at + ${stride - 4}u] = top;
    out[at + ${stride - 3}u] = sum;
  }`;
  return `
${groupMemory(headDim)}
fn query4(head: u32, i: u32) -> vec4<f32> {
  return q4(head * ${headDim}u, i);
}
fn write_part(split: u32, head: u32, i: u32, value: vec4<f32>, top: f32, sum: f32) {
  ${write}
}`;
}

function groupMain({ heads, kvHeads, headDim }: DecodeAttentionSpec): string {
  const group = heads / kvHeads;
  return `
  let kv_head = workgroup.y;
  let first_head = kv_head * ${group}u + workgroup.z * ${groupHeads}u;
  let head_count = min(${groupHeads}u, (kv_head + 1u) * ${group}u - first_head);
  ${groupAttention(headDim, Math.min(group, groupHeads))}`;
}

function mergeKernel({ heads, headDim, splits }: DecodeAttentionSpec): Kernel {
  const stride = partialStride(headDim);
  return {
    label: `attention merge ${heads}x${headDim} in ${splits}`,
    bindings: ['read', 'read', 'readWrite'],
    wgsl: `
@group(0) @binding(0) var<storage, read> partial: array<f32>;
@group(0) @binding(1) var<storage, read> pass_info: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(${mergeInvocations})
fn main(@builtin(global_invocation_id) invocation: vec3<u32>) {
  let value = invocation.x;
  if (value >= ${heads * headDim}u) { return; }
  ${splitPlan(splits)}
  let used = (tokens + share - 1u) / share;
  let start = value / ${headDim}u * ${splits * stride}u;
  let part = value % ${headDim}u;
  var top = f32(${hidden});
  for (var i = 0u; i < used; i++) { top = max(top, partial[start + i * ${stride}u + ${stride - 4}u]); }
  var sum = 0.0;
  var acc = 0.0;
  for (var i = 0u; i < used; i++) {
    let at = start + i * ${stride}u;
    let scale = exp(partial[at + ${stride - 4}u] - top);
    sum = fma(scale, partial[at + ${stride - 3}u], sum);
    acc = fma(scale, partial[at + part], acc);
  }
  out[value] = acc / sum;
}
`,
  };
}

export function decodeAttentionWorkgroups(
  { heads, kvHeads, headDim, splits }: DecodeAttentionSpec,
  { isSoftware }: Capabilities,
): {
  split: Workgroups;
  merge: Workgroups;
} {
  return {
    split: [splits, kvHeads, isSoftware ? 1 : Math.ceil(heads / kvHeads / groupHeads)],
    merge: [Math.ceil((heads * headDim) / mergeInvocations), 1, 1],
  };
}
