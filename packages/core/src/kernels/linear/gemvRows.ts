/**
 * The shape for software adapters: an invocation owns whole rows, several at a time, so that what it reads of x serves
 * all of them; the only barrier is behind a norm. Such adapters run a workgroup as SIMD lanes and read memory lane by
 * lane: the number of reads decides, not their order.
 */
import type { Capabilities } from '../capabilities.ts';
import { rowStride } from '../layout.ts';
import { innerLoop, inputStart, normFactor, rowUnits } from './gemvInner.ts';
import { isPaired, unitCount, type GemvSpec } from './gemvSpec.ts';
import type { WeightReader } from './weights.ts';

/** As many as the widest SIMD unit in use has lanes. */
const invocations = 8;
/** Rows of an invocation; more of int4, where x is most of what is read. */
const rowsPerInvocation = { f32: 8, f16: 8, q8: 8, q4: 16 } as const;
/** Columns from which a barrier costs less than reading the norm's weight in every invocation. */
const stagedColumns = 512;

/** Output units of one invocation: fewer for small matrices, so that more than one core has work. */
function unitsPerInvocation(spec: GemvSpec): number {
  const most = rowsPerInvocation[spec.format] / (isPaired(spec) ? 2 : 1);
  return Math.max(1, Math.min(most, Math.floor(unitCount(spec) / (4 * invocations))));
}

export function rowsWorkgroups(spec: GemvSpec): number {
  return Math.ceil(unitCount(spec) / (invocations * unitsPerInvocation(spec)));
}

export function rowsCode(spec: GemvSpec, reader: WeightReader, capabilities: Capabilities): string {
  const units = unitsPerInvocation(spec);
  const vectors = rowStride(spec.columns) / 4;
  const fits = 16 * vectors + 4 * invocations <= capabilities.maxWorkgroupBytes;
  const isStaged = spec.norm !== null && spec.columns >= stagedColumns && fits;
  const readX = (at: string) => {
    if (isStaged) return `staged[${at}]`;
    return spec.norm ? `normed(start + ${at}, ${at}, &squares)` : `x[start + ${at}]`;
  };
  const inner = innerLoop(spec, reader, units, readX);
  const list = Array.from({ length: units }, (_, i) => i);
  return `${inner.declarations}
${isStaged ? `var<workgroup> staged: array<vec4<f32>, ${vectors}>;\nvar<workgroup> partSquares: array<f32, ${invocations}>;` : ''}
@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(num_workgroups) counts: vec3<u32>,
    @builtin(local_invocation_index) lane: u32) {
  let first = (id.y * counts.x + id.x) * ${units * invocations}u + lane;
  let start = ${inputStart(spec)};
  ${spec.norm ? 'var squares = 0.0;' : ''}
  ${isStaged ? stageCode(vectors) : ''}
  ${inner.start((unit) => `first + ${unit * invocations}u`)}
  for (var i = 0u; i < ${rowUnits(spec, reader)}u; i++) {${inner.step}
  }
  ${spec.norm ? `let factor = ${normFactor(spec, 'squares')};` : ''}
  ${list
    .map((unit) => {
      const index = `first + ${unit * invocations}u`;
      return `if (${index} < ${unitCount(spec)}u) { finish(${index}, ${inner.sums(unit)}); }`;
    })
    .join('\n  ')}
}
`;
}

/** x times the norm's weight in workgroup memory, read once a workgroup instead of once an invocation. */
function stageCode(vectors: number): string {
  return `var part = 0.0;
  for (var i = lane; i < ${vectors}u; i += ${invocations}u) { staged[i] = normed(start + i, i, &part); }
  partSquares[lane] = part;
  workgroupBarrier();
  for (var i = 0u; i < ${invocations}u; i++) { squares += partSquares[i]; }`;
}
