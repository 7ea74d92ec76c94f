/**
 * How WGSL reads a matrix in each format of kernels/layout.ts. The bytes are the same on every tier; a matrix is bound as
 * `array<vec4<u32>>` and read in units of 16 bytes, which hold 4 (f32), 8 (f16), 16 (q8) or 32 (q4) columns of one row.
 * Only tier 2 has native f16; the others unpack halves, with the same result.
 */
import type { Tier } from '../capabilities.ts';
import { groupSize, rowStride, type MatrixFormat } from '../layout.ts';

/** What the codes of a format are multiplied by: nothing, one scale a row, or one a group of 32 columns. */
export type ScaleKind = 'none' | 'row' | 'group';

export interface WeightReader {
  /** `enable` directives; they come first in the module. */
  readonly enables: string;
  readonly scaleKind: ScaleKind;
  /** Columns in a unit of 16 bytes. */
  readonly unitColumns: number;
  /** Units in a row. */
  readonly units: number;
  /**
   * Declares the bindings `codes` and `scales` at the given numbers of group 0 and the functions
   * `loadUnit(row, unit) -> vec4<u32>`, `rowScale(row) -> f32` (1 unless scaleKind is row) and
   * `groupScale(row, group) -> f32` (1 unless scaleKind is group).
   */
  declarations(codesBinding: number, scalesBinding: number): string;
  /**
   * WGSL expressions of type `vec4<f32>`, one for every 4 consecutive columns of the unit held by the variable `unit`.
   * Of q4 they are true values given the group's scale in `scale`; of q8 they are codes, to be multiplied by the row's
   * scale after summing; `scale` is not used by the other formats.
   */
  quads(unit: string, scale: string): string[];
}

const lanes = ['x', 'y', 'z', 'w'] as const;

/** Reader of a matrix of `columns` columns on `tier`. */
export function weightReader(format: MatrixFormat, columns: number, tier: Tier): WeightReader {
  const unitColumns = { f32: 4, f16: 8, q8: 16, q4: 32 }[format];
  const units = rowStride(columns) / unitColumns;
  const groups = rowStride(columns) / groupSize;
  const isNative = format === 'f16' && tier === 2;
  const scaleKind = format === 'q4' ? 'group' : format === 'q8' ? 'row' : 'none';
  const rowScale = scaleKind === 'row' ? 'scales[row]' : '1.0';
  const groupScale =
    scaleKind === 'group'
      ? `let index = row * ${groups}u + group; return unpack2x16float(scales[index >> 1u])[index & 1u];`
      : 'return 1.0;';
  return {
    enables: isNative ? 'enable f16;\n' : '',
    scaleKind,
    unitColumns,
    units,
    declarations: (codesBinding, scalesBinding) => `
@group(0) @binding(${codesBinding}) var<storage, read> codes: array<vec4<u32>>;
@group(0) @binding(${scalesBinding}) var<storage, read> scales: array<${scaleKind === 'row' ? 'f32' : 'u32'}>;
fn loadUnit(row: u32, unit: u32) -> vec4<u32> { return codes[row * ${units}u + unit]; }
fn rowScale(row: u32) -> f32 { return ${rowScale}; }
fn groupScale(row: u32, group: u32) -> f32 { ${groupScale} }
`,
    quads(unit, scale) {
      switch (format) {
        case 'f32':
          return [`bitcast<vec4<f32>>(${unit})`];
        case 'f16':
          return [`${unit}.x, ${unit}.y`, `${unit}.z, ${unit}.w`].map((pair) => {
            if (isNative) return `vec4<f32>(bitcast<vec4<f16>>(vec2<u32>(${pair})))`;
            const [low, high] = pair.split(', ');
            return `vec4<f32>(unpack2x16float(${low}), unpack2x16float(${high}))`;
          });
        case 'q8':
          return lanes.map((lane) => `vec4<f32>(unpack4xI8(${unit}.${lane}))`);
        case 'q4': // (nibble - 8) * scale; both products are exact in f32
          return lanes.flatMap((lane) =>
            ['', ' >> 4u'].map((shift) => {
              const nibbles = `vec4<f32>(unpack4xU8((${unit}.${lane}${shift}) & 0x0f0f0f0fu))`;
              return `fma(${nibbles}, vec4<f32>(${scale}), vec4<f32>(-8.0 * ${scale}))`;
            }),
          );
      }
    },
  };
}
