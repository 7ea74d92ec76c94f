/**
 * Prefill: takes the fused projections qkv [M, rowStride((heads + 2 * kvHeads) * headDim)] apart. Queries and keys are
 * rotated by their M-RoPE positions (Hugging Face's rotate_half: element i pairs with i + headDim / 2; frequency i follows
 * the axis whose section holds i); queries are also scaled and written to q [M, rowStride(heads * headDim)]; keys and
 * values of row r go into the layer's cache at token pass.cached + r. Bindings: qkv, ropeTable, pass, q, kv.
 */
import type { Kernel, Workgroups } from '../kernel.ts';
import { headStride, passFields, rowStride } from '../layout.ts';

export interface AppendKvSpec {
  readonly heads: number;
  readonly kvHeads: number;
  /** Even. */
  readonly headDim: number;
  /** Tokens the cache has room for; later ones are not written. */
  readonly context: number;
  readonly kv: 'f16' | 'f32';
  /** Frequencies that follow the temporal, row and column position; they sum to headDim / 2. */
  readonly mropeSection: readonly number[];
  /** Folded into the queries: headDim ** -0.5. */
  readonly qScale: number;
}

const lanes = 64;
/** Beyond it `pack2x16float` may give anything. */
const largestHalf = 65504;

export function appendKvKernel(spec: AppendKvSpec): Kernel {
  const { heads, kvHeads, headDim, context, kv, mropeSection, qScale } = spec;
  const half = headDim / 2;
  const [temporal = 0, row = 0] = mropeSection;
  const isHalf = kv === 'f16';
  const store = isHalf
    ? `kv[place / 2u] = pack2x16float(clamp(pair, vec2<f32>(-${largestHalf}.0), vec2<f32>(${largestHalf}.0)));`
    : 'kv[place] = pair.x; kv[place + 1u] = pair.y;';
  return {
    label: `appendKv ${heads}/${kvHeads}x${headDim} ${kv}`,
    bindings: ['read', 'read', 'read', 'readWrite', 'readWrite'],
    wgsl: `
@group(0) @binding(0) var<storage, read> qkv: array<f32>;
@group(0) @binding(1) var<storage, read> ropeTable: array<vec2<f32>>; // (cos, sin) [position][${half}]
@group(0) @binding(2) var<storage, read> pass_: array<u32>;
@group(0) @binding(3) var<storage, read_write> q: array<f32>;
@group(0) @binding(4) var<storage, read_write> kv: array<${isHalf ? 'u32' : 'f32'}>;

/** Element \`element\` of the head that starts at \`start\`, rotated. */
fn rotated(start: u32, row: u32, element: u32) -> f32 {
  let isLow = element < ${half}u;
  let i = select(element - ${half}u, element, isLow);
  let axis = select(select(2u, 1u, i < ${temporal + row}u), 0u, i < ${temporal}u);
  let turn = ropeTable[pass_[${passFields.positions}u + 3u * row + axis] * ${half}u + i];
  let low = qkv[start + i];
  let high = qkv[start + i + ${half}u];
  return select(fma(high, turn.x, low * turn.y), fma(low, turn.x, -high * turn.y), isLow);
}

// One invocation makes two neighbouring elements of a head: one u32 of an f16 cache.
@compute @workgroup_size(${lanes})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y;
  let head = id.x / ${half}u;
  let element = 2u * (id.x % ${half}u);
  if (row >= pass_[${passFields.rows}u] || head >= ${heads + 2 * kvHeads}u) {
    return;
  }
  let start = row * ${rowStride((heads + 2 * kvHeads) * headDim)}u + head * ${headDim}u;
  var pair = vec2<f32>(qkv[start + element], qkv[start + element + 1u]);
  if (head < ${heads + kvHeads}u) {
    pair = vec2<f32>(rotated(start, row, element), rotated(start, row, element + 1u));
  }
  if (head < ${heads}u) {
    let place = row * ${rowStride(heads * headDim)}u + head * ${headDim}u + element;
    q[place] = pair.x * f32(${qScale});
    q[place + 1u] = pair.y * f32(${qScale});
    return;
  }
  let token = pass_[${passFields.cached}u] + row;
  if (token >= ${context}u) {
    return;
  }
  // Heads of the cache are the key heads, then the value heads.
  let place = ((head - ${heads}u) * ${context}u + token) * ${headStride(headDim)}u + element;
  ${store}
}
`,
  };
}

/** For M = `rows`. */
export function appendKvWorkgroups({ heads, kvHeads, headDim }: AppendKvSpec, rows: number): Workgroups {
  return [Math.ceil(((heads + 2 * kvHeads) * headDim) / 2 / lanes), rows, 1];
}
