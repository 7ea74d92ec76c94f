/**
 * Reorders rows of rowStride(width) in groups: group i of out becomes group index[i] of rows. There are
 * pass[0] / groupRows groups; the vision tower permutes groups of 4 patches and, back, single merged rows. Bindings:
 * rows, index (u32), pass, out (read-write).
 */
import type { Kernel, Workgroups } from '../kernel.ts';
import { passFields, rowStride } from '../layout.ts';

export interface GatherRowsSpec {
  readonly width: number;
  readonly groupRows: number;
}

const invocations = 64;

export function gatherRowsKernel({ width, groupRows }: GatherRowsSpec): Kernel {
  const quads = rowStride(width) / 4;
  return {
    label: `gather rows ${width} by ${groupRows}`,
    bindings: ['read', 'read', 'read', 'readWrite'],
    wgsl: `
@group(0) @binding(0) var<storage, read> rows: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read> pass_info: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4<f32>>;

@compute @workgroup_size(${invocations})
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
  if (at.x >= ${quads}u || at.y >= pass_info[${passFields.rows}]) { return; }
  let source = index[at.y / ${groupRows}u] * ${groupRows}u + at.y % ${groupRows}u;
  out[at.y * ${quads}u + at.x] = rows[source * ${quads}u + at.x];
}
`,
  };
}

/** For passes of up to `m` rows. */
export function gatherRowsWorkgroups({ width }: GatherRowsSpec, m: number): Workgroups {
  return [Math.ceil(rowStride(width) / 4 / invocations), m, 1];
}
