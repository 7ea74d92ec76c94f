/**
 * Matrix-vector products of the decode step: out = epilogue(W · norm(x) + bias) for one row of x. Bindings: codes,
 * scales, x, vectors, pass, out, and for `qkv` also ropeTable and kv. Sums are f32 on every tier; tier 1 adds up by
 * subgroups, tier 2 is the same with native f16 reads.
 */
import type { Capabilities } from '../capabilities.ts';
import { spreadWorkgroups, type BindingKind, type Kernel, type Workgroups } from '../kernel.ts';
import { columnsCode, columnsWorkgroups } from './gemvColumns.ts';
import { epilogueCode, vectorBindings } from './gemvEpilogue.ts';
import { rowsCode, rowsWorkgroups } from './gemvRows.ts';
import { checkSpec, type GemvSpec } from './gemvSpec.ts';
import { weightReader } from './weights.ts';

export type { GemvEpilogue, GemvSpec, QkvEpilogue } from './gemvSpec.ts';

const normedCode = `
fn normed(source: u32, at: u32, squares: ptr<function, f32>) -> vec4<f32> {
  let raw = x[source];
  *squares += dot(raw, raw);
  return raw * vectors.normWeight[at];
}`;

export function gemvKernel(spec: GemvSpec, capabilities: Capabilities): Kernel {
  checkSpec(spec);
  const reader = readerOf(spec, capabilities);
  const { isSoftware, tier } = capabilities;
  const main = isSoftware ? rowsCode(spec, reader, capabilities) : columnsCode(spec, reader, capabilities);
  const bindings: BindingKind[] = ['read', 'read', 'read', 'read', 'read', 'readWrite'];
  if (spec.epilogue.kind === 'qkv') bindings.push('read', 'readWrite');
  return {
    label: `gemv ${spec.format} ${spec.rows}x${spec.columns} ${spec.epilogue.kind}`,
    wgsl: [
      reader.enables + (tier > 0 && !isSoftware ? 'enable subgroups;' : ''),
      reader.declarations('units'),
      vectorBindings(spec),
      epilogueCode(spec),
      spec.norm ? normedCode : '',
      main,
    ].join('\n'),
    bindings,
  };
}

export function gemvWorkgroups(spec: GemvSpec, capabilities: Capabilities): Workgroups {
  const count = capabilities.isSoftware
    ? rowsWorkgroups(spec)
    : columnsWorkgroups(spec, readerOf(spec, capabilities), capabilities);
  return spreadWorkgroups(count);
}

function readerOf({ format, columns }: GemvSpec, { tier }: Capabilities) {
  return weightReader(format, columns, tier);
}
