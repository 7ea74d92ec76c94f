/**
 * The shape for hardware: the invocations of a workgroup share the columns of a few rows, so that neighbours read
 * neighbouring 16 bytes, and add their sums up at the end (by subgroups of any size, or in workgroup memory).
 */
import type { Capabilities } from '../capabilities.ts';
import { innerLoop, inputStart, normFactor, rowUnits } from './gemvInner.ts';
import { isPaired, unitCount, type GemvSpec } from './gemvSpec.ts';
import type { WeightReader } from './weights.ts';

interface ColumnsShape {
  readonly invocations: number;
  /** Output units and matrix rows of a workgroup. */
  readonly units: number;
  readonly rows: number;
}

/** Four rows a workgroup, two where that would leave too few workgroups to fill a large GPU. */
function shapeOf(spec: GemvSpec, reader: WeightReader, { maxInvocations }: Capabilities): ColumnsShape {
  const perUnit = isPaired(spec) ? 2 : 1;
  const rows = unitCount(spec) * perUnit >= 8192 ? 4 : 2;
  const loads = rowUnits(spec, reader);
  const wanted = loads > 128 ? 256 : loads > 64 ? 128 : 64;
  return { invocations: Math.min(wanted, maxInvocations), units: rows / perUnit, rows };
}

export function columnsWorkgroups(spec: GemvSpec, reader: WeightReader, capabilities: Capabilities): number {
  return Math.ceil(unitCount(spec) / shapeOf(spec, reader, capabilities).units);
}

export function columnsCode(spec: GemvSpec, reader: WeightReader, capabilities: Capabilities): string {
  const { invocations, units, rows } = shapeOf(spec, reader, capabilities);
  const hasSubgroups = capabilities.tier > 0;
  const readX = (at: string) => (spec.norm ? `normed(start + ${at}, ${at}, &squares)` : `x[start + ${at}]`);
  const inner = innerLoop(spec, reader, units, readX);
  const sums = Array.from({ length: rows }, (_, row) => `sum${row}`);
  if (spec.norm) sums.push('squares');
  const list = Array.from({ length: units }, (_, i) => i);
  return `${inner.declarations}
${totalCode(sums.length, invocations, hasSubgroups)}
@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(num_workgroups) counts: vec3<u32>,
    @builtin(local_invocation_index) lane: u32${hasSubgroups ? `, @builtin(subgroup_invocation_id) member: u32` : ''}) {
  let first = (id.y * counts.x + id.x) * ${units}u;
  let start = ${inputStart(spec)};
  ${spec.norm ? 'var squares = 0.0;' : ''}
  ${inner.start((unit) => `first + ${unit}u`)}
  for (var i = lane; i < ${rowUnits(spec, reader)}u; i += ${invocations}u) {${inner.step}
  }
  ${sums.map((sum, i) => `keep(${i}u, lane, ${sum}${hasSubgroups ? ', member' : ''});`).join('\n  ')}
  workgroupBarrier();
  ${hasSubgroups ? '' : `fold(lane);\n  workgroupBarrier();`}
  ${sums.map((sum, i) => `${sum} = total(${i}u${hasSubgroups ? ', member' : ''});`).join('\n  ')}
  ${spec.norm ? `let factor = ${normFactor(spec, 'squares')};` : ''}
  ${list
    .map((unit) => {
      const condition = `lane == ${unit}u && first + ${unit}u < ${unitCount(spec)}u`;
      return `if (${condition}) { finish(first + ${unit}u, ${inner.sums(unit)}); }`;
    })
    .join('\n  ')}
}
`;
}

/**
 * Sums over the workgroup. Which invocations form a subgroup, and that all have the reported size, is not guaranteed:
 * the first of each keeps its subgroup's sum at its own place, the others keep zero, and every subgroup counts its
 * members and adds up all places.
 */
function totalCode(count: number, invocations: number, hasSubgroups: boolean): string {
  if (hasSubgroups) {
    return `var<workgroup> kept: array<f32, ${count * invocations}>;
fn keep(sum: u32, lane: u32, value: f32, member: u32) {
  let whole = subgroupAdd(value);
  kept[sum * ${invocations}u + lane] = select(0.0, whole, member == 0u);
}
fn total(sum: u32, member: u32) -> f32 {
  let size = subgroupAdd(1u);
  var value = 0.0;
  for (var i = member; i < ${invocations}u; i += size) { value += kept[sum * ${invocations}u + i]; }
  return subgroupAdd(value);
}`;
  }
  const folded = 8; // places left after the fold, which every invocation then adds up
  return `var<workgroup> kept: array<f32, ${count * invocations}>;
fn keep(sum: u32, lane: u32, value: f32) { kept[sum * ${invocations}u + lane] = value; }
fn fold(lane: u32) {
  for (var i = lane; i < ${count * folded}u; i += ${invocations}u) {
    let at = i / ${folded}u * ${invocations}u + i % ${folded}u;
    var value = kept[at];
    for (var k = ${folded}u; k < ${invocations}u; k += ${folded}u) { value += kept[at + k]; }
    kept[at] = value;
  }
}
fn total(sum: u32) -> f32 {
  var value = 0.0;
  for (var i = 0u; i < ${folded}u; i++) { value += kept[sum * ${invocations}u + i]; }
  return value;
}`;
}
