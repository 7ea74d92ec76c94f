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
import { each, laneAttention, laneCount, writeLane } from './lanes.ts';

export interface VisionAttentionSpec {
  readonly heads: number;
  readonly headDim: number;
}

const tile = { queries: 1, keys: 4, tileKeys: 64 };
const { queries } = tile;
const invocations = laneCount;

export function visionAttentionKernel({ heads, headDim }: VisionAttentionSpec, _capabilities: Capabilities): Kernel {
  const width = heads * headDim;
  const stride = rowStride(3 * width);
  const reader = rowReader('qkv', headDim);
  const attention = laneAttention({
    headDim,
    tile,
    query4: (r, i) => `qkv4(row_${r} * ${stride}u + head_at, ${i})`,
    key4: (token, i) => `qkv4(${token} * ${stride}u + ${width}u + head_at, ${i})`,
    value4: (token, i) => `qkv4(${token} * ${stride}u + ${2 * width}u + head_at, ${i})`,
    visible: (r, token) => `${token} >= segment_${r}.x && ${token} < segment_${r}.y`,
  });
  return {
    label: `attention vision ${heads}x${headDim}`,
    bindings: ['read', 'read', 'read', 'readWrite'],
    wgsl: `
@group(0) @binding(0) var<storage, read> qkv: array<${reader.element}>;
@group(0) @binding(1) var<storage, read> segments: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> pass_info: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;
${reader.functions}
@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let rows = pass_info[${passFields.rows}];
  let head_at = workgroup.y * ${headDim}u;
  let start = workgroup.x * ${invocations * queries}u;
  if (start >= rows) { return; }
  let end = min(start + ${invocations * queries}u, rows);
  var first = segments[start].x;
  var last = segments[start].y;
  for (var row = start + 1u; row < end; row++) {
    first = min(first, segments[row].x);
    last = max(last, segments[row].y);
  }
${each(
  queries,
  (r) => `let row_${r} = min(start + ${r * invocations}u + lane, rows - 1u);
let segment_${r} = segments[row_${r}];`,
)}
${attention}
${each(
  queries,
  (r) => `if (start + ${r * invocations}u + lane < rows) {
let share_${r} = select(0.0, 1.0 / sum_${r}, sum_${r} > 0.0);
let to_${r} = row_${r} * ${rowStride(width)}u + head_at;
${writeLane(headDim, r, 'out', `to_${r}`, `share_${r}`)}
}`,
)}
}
`,
  };
}

export function visionAttentionWorkgroups(
  { heads }: VisionAttentionSpec,
  rows: number,
  _capabilities: Capabilities,
): Workgroups {
  return [Math.ceil(rows / (invocations * queries)), heads, 1];
}
