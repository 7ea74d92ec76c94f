/**
 * Vision: rotates the queries and keys of qkv [P, rowStride(3 * heads * headDim)] in place by the row and column of their
 * patch, P = pass[0], and scales the queries by headDim ** -0.5. Element i pairs with i + headDim / 2; of the headDim / 2
 * angles the first half follows the row, the second the column. Bindings: qkv, ropeTable (cos, sin)
 * [position][headDim / 4], positions u32 [P, 2], pass.
 */
import type { Kernel, Workgroups } from '../kernel.ts';
import { passFields, rowStride } from '../layout.ts';

export interface Rotate2dSpec {
  readonly heads: number;
  /** A multiple of 4. */
  readonly headDim: number;
}

const lanes = 64;

export function rotate2dKernel({ heads, headDim }: Rotate2dSpec): Kernel {
  const half = headDim / 2;
  const quarter = headDim / 4;
  return {
    label: `rotate2d ${heads}x${headDim}`,
    bindings: ['readWrite', 'read', 'read', 'read'],
    wgsl: `
@group(0) @binding(0) var<storage, read_write> qkv: array<f32>;
@group(0) @binding(1) var<storage, read> ropeTable: array<vec2<f32>>;
@group(0) @binding(2) var<storage, read> positions: array<u32>;
@group(0) @binding(3) var<storage, read> pass_: array<u32>;

@compute @workgroup_size(${lanes})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let patch_ = id.y;
  let head = id.x / ${half}u;
  let i = id.x % ${half}u;
  if (patch_ >= pass_[${passFields.rows}u] || head >= ${2 * heads}u) {
    return;
  }
  let axis = i / ${quarter}u;
  let turn = ropeTable[positions[2u * patch_ + axis] * ${quarter}u + i % ${quarter}u];
  let scale = select(1.0, f32(${headDim ** -0.5}), head < ${heads}u);
  let place = patch_ * ${rowStride(3 * heads * headDim)}u + head * ${headDim}u + i;
  let low = qkv[place];
  let high = qkv[place + ${half}u];
  qkv[place] = fma(low, turn.x, -high * turn.y) * scale;
  qkv[place + ${half}u] = fma(high, turn.x, low * turn.y) * scale;
}
`,
  };
}

/** For P = `patches`. */
export function rotate2dWorkgroups({ heads, headDim }: Rotate2dSpec, patches: number): Workgroups {
  return [Math.ceil((heads * headDim) / lanes), patches, 1];
}
