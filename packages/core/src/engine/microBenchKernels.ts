/**
 * Kernels that find a device's ceilings: how fast it reads memory, multiplies, and gets from one dispatch to the next.
 * They compute nothing of use; what they write keeps the compiler from dropping the work.
 */
import type { Kernel } from '../kernels/kernel.ts';

/** Invocations of a workgroup. */
export const ceilingLanes = 64;

/**
 * Reads a buffer of `vectors` vec4<f32> once with `groups` workgroups, neighbouring invocations reading neighbouring
 * vectors, and writes one sum an invocation. Bindings: data, out [groups * 64].
 */
export function readKernel(vectors: number, groups: number): Kernel {
  const readers = groups * ceilingLanes;
  return {
    label: `read ${vectors * 16} bytes`,
    bindings: ['read', 'readWrite'],
    wgsl: `
@group(0) @binding(0) var<storage, read> data: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(${ceilingLanes})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  var a = vec4<f32>(); var b = vec4<f32>(); var c = vec4<f32>(); var d = vec4<f32>();
  for (var i = 0u; i < ${readRounds(vectors, groups)}u; i++) {
    let at = i * ${4 * readers}u + id.x;
    a += data[at]; b += data[at + ${readers}u]; c += data[at + ${2 * readers}u]; d += data[at + ${3 * readers}u];
  }
  out[id.x] = dot(a + b + c + d, vec4<f32>(1.0));
}
`,
  };
}

/** Bytes that `readKernel` reads: the buffer without what does not fill a round. */
export function readBytes(vectors: number, groups: number): number {
  return readRounds(vectors, groups) * 4 * groups * ceilingLanes * 16;
}

function readRounds(vectors: number, groups: number): number {
  return Math.floor(vectors / (groups * ceilingLanes * 4));
}

const accumulators = 8;

/**
 * Multiply-adds in registers, `rounds` times 8 vec4 an invocation: what the arithmetic units can do at most, whatever the
 * memory. Binding: out [groups * 64] f32.
 */
export function multiplyKernel(type: 'f32' | 'f16', rounds: number): Kernel {
  const list = Array.from({ length: accumulators }, (_, i) => i);
  return {
    label: `multiply ${type}`,
    bindings: ['readWrite'],
    wgsl: `${type === 'f16' ? 'enable f16;' : ''}
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(${ceilingLanes})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let factor = vec4<${type}>(${type}(id.x & 1u) * ${type}(0.5));
  ${list.map((i) => `var a${i} = vec4<${type}>(${type}(id.x & ${i + 1}u));`).join(' ')}
  for (var i = 0u; i < ${rounds}u; i++) {
    ${list.map((i) => `a${i} = fma(a${i}, factor, factor);`).join(' ')}
  }
  let sum = ${list.map((i) => `a${i}`).join(' + ')};
  out[id.x] = f32(sum.x + sum.y + sum.z + sum.w);
}
`,
  };
}

/** Two operations a multiply-add. */
export function multiplyFlops(rounds: number, groups: number): number {
  return 2 * 4 * accumulators * rounds * groups * ceilingLanes;
}

/** One invocation that depends on the dispatch before it. Binding: out [1] u32. */
export const emptyKernel: Kernel = {
  label: 'empty dependent dispatch',
  bindings: ['readWrite'],
  wgsl: `
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(1)
fn main() { out[0] += 1u; }
`,
};
