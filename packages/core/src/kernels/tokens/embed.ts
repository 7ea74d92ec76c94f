/**
 * Embeddings of a pass's ids: row t of x [M, rowStride(columns)] becomes row ids[t] of the table, M = pass[0]. A table
 * held in parts is read from all of them at once, up to `maxEmbedParts`; one with more runs again for the rest, and ids of
 * other rows leave theirs as it is. Bindings: the codes of each part, scales (of all rows), ids (u32 [M]), pass, x
 * (read-write).
 */
import type { Capabilities } from '../capabilities.ts';
import type { BindingKind, Kernel, Workgroups } from '../kernel.ts';
import { groupSize, passFields, rowStride, type MatrixFormat } from '../layout.ts';
import { unitWords, weightReader } from '../linear/weights.ts';

/** Parts that leave the kernel within 8 storage buffers. */
export const maxEmbedParts = 4;

export interface EmbedSpec {
  readonly format: MatrixFormat;
  /** Rows of these parts together. */
  readonly rows: number;
  /** The id of their first row. */
  readonly rowStart: number;
  readonly columns: number;
  /** Rows of each part; all in one by default. */
  readonly parts?: readonly number[];
}

const invocations = 64;

export function embedKernel(spec: EmbedSpec, { tier }: Capabilities): Kernel {
  const { format, rows, rowStart, columns, parts = [rows] } = spec;
  const reader = weightReader(format, columns, tier);
  const units = unitsOf(spec);
  const quads = reader.quads(unitWords('unit'), 'scale');
  const factor = reader.scaleKind === 'row' ? ' * scale' : ''; // other scales are in the values already
  const group = `row * ${rowStride(columns) / groupSize}u + at.x`;
  const scale = {
    none: '1.0',
    row: 'scales[row]',
    group: `unpack2x16float(scales[(${group}) >> 1u])[(${group}) & 1u]`,
  }[reader.scaleKind];
  const count = parts.length;
  const codes: BindingKind[] = parts.map(() => 'read');
  let first = 0;
  const reads = parts.map((size, part) => {
    const start = first;
    first += size;
    return `if (row < ${first}u) { return codes${part}[(row - ${start}u) * ${units}u + unit]; }`;
  });
  return {
    label: `embed ${format} ${rows}x${columns} from ${rowStart}`,
    bindings: [...codes, 'read', 'read', 'read', 'readWrite'],
    wgsl: `${reader.enables}
${parts.map((_, part) => `@group(0) @binding(${part}) var<storage, read> codes${part}: array<vec4<u32>>;`).join('\n')}
@group(0) @binding(${count}) var<storage, read> scales: array<${reader.scaleKind === 'row' ? 'f32' : 'u32'}>;
@group(0) @binding(${count + 1}) var<storage, read> ids: array<u32>;
@group(0) @binding(${count + 2}) var<storage, read> pass_info: array<u32>;
@group(0) @binding(${count + 3}) var<storage, read_write> x: array<vec4<f32>>;

fn load_unit(row: u32, unit: u32) -> vec4<u32> {
  ${reads.join('\n  ')}
  return vec4<u32>();
}

@compute @workgroup_size(${invocations})
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
  if (at.x >= ${units}u || at.y >= pass_info[${passFields.rows}]) { return; }
  let row = ids[at.y] - ${rowStart}u; // wraps to a large row for ids before these parts
  if (row >= ${rows}u) { return; }
  let unit = load_unit(row, at.x);
  let scale = ${scale};
  let target_quad = (at.y * ${units}u + at.x) * ${quads.length}u;
${quads.map((quad, i) => `  x[target_quad + ${i}u] = ${quad}${factor};`).join('\n')}
}
`,
  };
}

/** For passes of up to `m` rows. */
export function embedWorkgroups(spec: Pick<EmbedSpec, 'format' | 'columns'>, m: number): Workgroups {
  return [Math.ceil(unitsOf(spec) / invocations), m, 1];
}

/** Units of 16 bytes in a row of codes. */
function unitsOf({ format, columns }: Pick<EmbedSpec, 'format' | 'columns'>): number {
  return rowStride(columns) / (4 * weightReader(format, columns, 0).wordColumns);
}
