/**
 * Matrix-vector products of the decode step: out = epilogue(W · norm(x) + bias). Bindings: codes, scales, x, vectors,
 * pass, out, and for `qkv` also ropeTable and kv. Sums are f32 on every tier.
 */
import type { Capabilities } from '../capabilities.ts';
import { spreadWorkgroups, type BindingKind, type Kernel, type Workgroups } from '../kernel.ts';
import { passFields, rowStride } from '../layout.ts';
import { epilogueBindings, epilogueCode, float } from './gemvEpilogue.ts';
import { loadCode, loadFormats } from './gemvLoads.ts';
import { checkSpec, isPaired, unitCount, type GemvSpec } from './gemvSpec.ts';

export type { GemvEpilogue, GemvSpec, QkvEpilogue } from './gemvSpec.ts';

function invocationsOf(capabilities: Capabilities): number {
  return Math.min(64, capabilities.maxInvocations);
}

export function gemvKernel(spec: GemvSpec, capabilities: Capabilities): Kernel {
  checkSpec(spec);
  const bindings: BindingKind[] = ['read', 'read', 'read', 'read', 'read', 'readWrite'];
  if (spec.epilogue.kind === 'qkv') bindings.push('read', 'readWrite');
  return {
    label: `gemv ${spec.format} ${spec.rows}x${spec.columns} ${spec.epilogue.kind}`,
    wgsl: simpleCode(spec, invocationsOf(capabilities)),
    bindings,
  };
}

export function gemvWorkgroups(spec: GemvSpec, capabilities: Capabilities): Workgroups {
  return spreadWorkgroups(Math.ceil(unitCount(spec) / invocationsOf(capabilities)));
}

/** One invocation a unit. */
function simpleCode(spec: GemvSpec, invocations: number): string {
  const { columns, format, norm } = spec;
  const load = loadFormats[format];
  const vectors = load.columns / 4;
  const stride = rowStride(columns);
  const loads = stride / load.columns;
  const rows = isPaired(spec) ? ['A', 'B'] : ['A'];
  const list = Array.from({ length: vectors }, (_, i) => i);
  const scale = format === 'q4' ? (row: string) => ` * groupScale(row${row}, i)` : () => '';
  const rowScale = format === 'q8' ? (row: string) => ` * scales[row${row}]` : () => '';
  return `${loadCode(spec)}
${epilogueBindings(spec)}
${epilogueCode(spec)}
@compute @workgroup_size(${invocations})
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) counts: vec3<u32>) {
  let unit = id.y * counts.x * ${invocations}u + id.x;
  if (unit >= ${unitCount(spec)}u) { return; }
  let start = ${spec.inputRow === 'first' ? '0u' : `pass_[${passFields.logitsRow}u] * ${stride / 4}u`};
  ${rows.map((row, i) => `let row${row} = rowOf(unit, ${i}u); var sum${row} = 0.0;`).join(' ')}
  var squares = 0.0;
  for (var i = 0u; i < ${loads}u; i++) {
    ${list
      .map((v) => {
        const read = `x[start + i * ${vectors}u + ${v}u]`;
        if (!norm) return `let x${v} = ${read};`;
        const at = `(i * ${vectors}u + ${v}u) * 4u`;
        const weight = [0, 1, 2, 3].map((k) => `vectors[${at} + ${k}u]`).join(', ');
        return `let raw${v} = ${read}; squares += dot(raw${v}, raw${v}); let x${v} = raw${v} * vec4<f32>(${weight});`;
      })
      .join('\n    ')}
    let sumX = dot(${list.map((v) => `x${v}`).join(' + ')}, vec4<f32>(1.0));
    ${rows.map((row) => `{ let w = codes[row${row} * ${loads}u + i]; sum${row} += (${load.dot})${scale(row)}; }`).join('\n    ')}
  }
  let factor = ${norm ? `inverseSqrt(squares / ${float(columns)} + ${float(norm.eps)})` : '1.0'};
  finish(unit, ${rows.map((row) => `sum${row} * factor${rowScale(row)}`).join(', ')});
}
`;
}
