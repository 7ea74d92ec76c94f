/**
 * Embeddings of a pass's ids: row t of x [M, rowStride(columns)] becomes row ids[t] of the table, M = pass[0]. A table
 * held in parts runs once per part, each writing the rows whose id it holds; ids beyond the table leave their row as it
 * is. Bindings: codes, scales, ids (u32 [M]), pass, x (read-write).
 */
import type { Capabilities } from '../capabilities.ts';
import type { Kernel, Workgroups } from '../kernel.ts';
import { passFields, type MatrixFormat } from '../layout.ts';
import { weightReader } from '../linear/weights.ts';

export interface EmbedSpec {
  readonly format: MatrixFormat;
  /** Rows of this part. */
  readonly rows: number;
  /** The id of its first row. */
  readonly rowStart: number;
  readonly columns: number;
}

const invocations = 64;

export function embedKernel(spec: EmbedSpec, { tier }: Capabilities): Kernel {
  const { format, rows, rowStart, columns } = spec;
  const reader = weightReader(format, columns, tier);
  const quads = reader.quads('unit', 'scale');
  const factor = reader.scaleKind === 'row' ? ' * scale' : ''; // other scales are in the values already
  return {
    label: `embed ${format} ${rows}x${columns} from ${rowStart}`,
    bindings: ['read', 'read', 'read', 'read', 'readWrite'],
    wgsl: `${reader.enables}${reader.declarations(0, 1)}
@group(0) @binding(2) var<storage, read> ids: array<u32>;
@group(0) @binding(3) var<storage, read> pass_info: array<u32>;
@group(0) @binding(4) var<storage, read_write> x: array<vec4<f32>>;

@compute @workgroup_size(${invocations})
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
  if (at.x >= ${reader.units}u || at.y >= pass_info[${passFields.rows}]) { return; }
  let row = ids[at.y] - ${rowStart}u; // wraps to a large row for ids before this part
  if (row >= ${rows}u) { return; }
  let unit = loadUnit(row, at.x);
  let scale = ${reader.scaleKind === 'group' ? 'groupScale(row, at.x)' : 'rowScale(row)'};
  let target_quad = (at.y * ${reader.units}u + at.x) * ${quads.length}u;
${quads.map((quad, i) => `  x[target_quad + ${i}u] = ${quad}${factor};`).join('\n')}
}
`,
  };
}

/** For passes of up to `m` rows. */
export function embedWorkgroups({ format, columns }: EmbedSpec, m: number): Workgroups {
  return [Math.ceil(weightReader(format, columns, 0).units / invocations), m, 1];
}
