/**
 * RMSNorm of rows: out = x / sqrt(mean(x^2) + eps) * weight, with x [M, rowStride(width)] and M = pass[0]. With `merge`
 * (the vision tower's merger) `merge` rows in a row become one output row: out [M / merge, rowStride(merge * width)].
 * Bindings: x, weight f32 [width], pass, out. One workgroup a row; a single barrier on every tier.
 */
import type { Kernel, Workgroups } from '../kernel.ts';
import { passFields, rowStride } from '../layout.ts';

export interface RmsNormSpec {
  readonly width: number;
  readonly eps: number;
  /** Input rows per output row; 1 by default. */
  readonly merge?: number;
}

const lanes = 64;

export function rmsNormKernel({ width, eps, merge = 1 }: RmsNormSpec): Kernel {
  const stride = rowStride(width);
  return {
    label: `rmsNorm ${width}${merge > 1 ? ` merge ${merge}` : ''}`,
    bindings: ['read', 'read', 'read', 'readWrite'],
    wgsl: `
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> pass_: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

var<workgroup> partial: array<f32, ${lanes}>;

@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = group.x;
  let start = row * ${stride}u;
  var sum = 0.0;
  if (row < pass_[${passFields.rows}u]) {
    for (var i = lane; i < ${width}u; i += ${lanes}u) {
      let value = x[start + i];
      sum = fma(value, value, sum);
    }
  }
  partial[lane] = sum;
  workgroupBarrier();
  if (row >= pass_[${passFields.rows}u]) {
    return;
  }
  var total = 0.0;
  for (var i = 0u; i < ${lanes}u; i++) {
    total += partial[i];
  }
  let scale = 1.0 / sqrt(total * f32(${1 / width}) + f32(${eps}));
  let target_ = (row / ${merge}u) * ${rowStride(merge * width)}u + (row % ${merge}u) * ${width}u;
  for (var i = lane; i < ${width}u; i += ${lanes}u) {
    out[target_ + i] = x[start + i] * scale * weight[i];
  }
}
`,
  };
}

/** For M = `rows` input rows. */
export function rmsNormWorkgroups(rows: number): Workgroups {
  return [rows, 1, 1];
}
