/**
 * Puts image embeddings in their places of a pass: row `places[i].y` of x becomes row `places[i].x` of rows, for
 * i < pass[3]. Both have rows of rowStride(width). Bindings: rows, places (vec2<u32>), pass, x (read-write).
 */
import type { Kernel, Workgroups } from '../kernel.ts';
import { passFields, rowStride } from '../layout.ts';

const invocations = 64;

export function scatterKernel(width: number): Kernel {
  const quads = rowStride(width) / 4;
  return {
    label: `scatter ${width}`,
    bindings: ['read', 'read', 'read', 'readWrite'],
    wgsl: `
@group(0) @binding(0) var<storage, read> rows: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> places: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> pass_info: array<u32>;
@group(0) @binding(3) var<storage, read_write> x: array<vec4<f32>>;

@compute @workgroup_size(${invocations})
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
  if (at.x >= ${quads}u || at.y >= pass_info[${passFields.placed}]) { return; }
  let place = places[at.y];
  x[place.y * ${quads}u + at.x] = rows[place.x * ${quads}u + at.x];
}
`,
  };
}

/** For up to `count` places. */
export function scatterWorkgroups(width: number, count: number): Workgroups {
  return [Math.ceil(rowStride(width) / 4 / invocations), count, 1];
}
