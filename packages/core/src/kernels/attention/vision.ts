/**
 * Attention inside segments (the windows or images of the vision tower), not causal: patch row r sees the rows
 * [segments[r].x, segments[r].y); none when that is empty, its output is then zero. Queries are rotated and scaled.
 * Bindings: qkv [rows, 3 * heads * headDim] (queries, keys, values), segments, pass, out [rows, heads * headDim];
 * activations f32 with padded rows.
 */
import type { Capabilities } from '../capabilities.ts';
import type { Kernel, Workgroups } from '../kernel.ts';
import { passFields, rowStride } from '../layout.ts';
import { rowReader } from './cache.ts';
import { queryAttentionKernel, queryAttentionWorkgroups } from './queryAttention.ts';

export interface VisionAttentionSpec {
  readonly heads: number;
  readonly headDim: number;
}

export function visionAttentionKernel({ heads, headDim }: VisionAttentionSpec, capabilities: Capabilities): Kernel {
  const width = heads * headDim;
  const reader = rowReader('qkv', headDim);
  const at = (part: number) => `row * ${rowStride(3 * width)}u + ${part * width}u + head * ${headDim}u`;
  const part = (name: string, index: number) => `
fn ${name}(head: u32, row: u32, i: u32) -> vec4<f32> {
  return qkv4(${at(index)}, i);
}`;
  return queryAttentionKernel(
    {
      label: `attention vision ${heads}x${headDim}`,
      headDim,
      enable: '',
      bindings: ['read', 'read', 'read', 'readWrite'],
      declarations: `
@group(0) @binding(0) var<storage, read> qkv: array<${reader.element}>;
@group(0) @binding(1) var<storage, read> segments: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> pass_info: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;`,
      functions: `${reader.functions}
${['query4', 'key4', 'value4'].map(part).join('')}
fn query_count() -> u32 {
  return pass_info[${passFields.rows}];
}
fn seen(row: u32) -> vec2<u32> {
  return segments[row];
}
fn span(first: u32, last: u32) -> vec2<u32> {
  var range = segments[first];
  for (var row = first + 1u; row <= last; row++) {
    range = vec2<u32>(min(range.x, segments[row].x), max(range.y, segments[row].y));
  }
  return range;
}
fn out_at(head: u32, row: u32) -> u32 {
  return row * ${rowStride(width)}u + head * ${headDim}u;
}
`,
    },
    capabilities,
  );
}

/** For up to `rows` patch rows. */
export function visionAttentionWorkgroups(
  { heads }: VisionAttentionSpec,
  rows: number,
  capabilities: Capabilities,
): Workgroups {
  return queryAttentionWorkgroups(heads, rows, capabilities);
}
