/**
 * How WGSL reads a matrix in each format of kernels/layout.ts. The bytes are the same on every tier. A matrix is bound as
 * `array<vec4<u32>>` and read in units of 16 bytes, or as `array<u32>` and read in words; a word holds 1 (f32), 2 (f16),
 * 4 (q8) or 8 (q4) columns of one row. Only tier 2 has native f16; the others unpack halves, with the same result.
 */
import type { Tier } from '../capabilities.ts';
import { groupSize, rowStride, type MatrixFormat } from '../layout.ts';

/** What the codes of a format are multiplied by: nothing, one scale a row, or one a group of 32 columns. */
export type ScaleKind = 'none' | 'row' | 'group';

export interface WeightReader {
  /** `enable` directives; they come first in the module. */
  readonly enables: string;
  readonly scaleKind: ScaleKind;
  /** Columns in a word of 4 bytes. */
  readonly wordColumns: number;
  /**
   * Declares the bindings `codes` (of vec4<u32> or u32) and `scales` as numbers 0 and 1 of group 0 and the functions
   * `loadUnit(row, unit) -> vec4<u32>` or `loadWord(row, word) -> u32`, `rowScale(row) -> f32` (1 unless scaleKind is
   * row) and `groupScale(row, group) -> f32` (1 unless scaleKind is group).
   */
  declarations(read: 'units' | 'words'): string;
  /**
   * WGSL expressions of type `vec4<f32>`, one for every 4 consecutive columns in `words` (expressions of u32, from a
   * multiple of 4 columns on). Of q4 they are true values given the group's scale in `scale`; of q8 they are codes, to be
   * multiplied by the row's scale after summing; `scale` is not used by the other formats.
   */
  quads(words: readonly string[], scale: string): string[];
}

/** The words of a unit held in the variable `unit`. */
export function unitWords(unit: string): string[] {
  return ['x', 'y', 'z', 'w'].map((lane) => `${unit}.${lane}`);
}

/** Reader of a matrix of `columns` columns on `tier`. */
export function weightReader(format: MatrixFormat, columns: number, tier: Tier): WeightReader {
  const wordColumns = { f32: 1, f16: 2, q8: 4, q4: 8 }[format];
  const words = rowStride(columns) / wordColumns;
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
    wordColumns,
    declarations: (read) => `
@group(0) @binding(0) var<storage, read> codes: array<${read === 'units' ? 'vec4<u32>' : 'u32'}>;
@group(0) @binding(1) var<storage, read> scales: array<${scaleKind === 'row' ? 'f32' : 'u32'}>;
${
  read === 'units'
    ? `fn loadUnit(row: u32, unit: u32) -> vec4<u32> { return codes[row * ${words / 4}u + unit]; }`
    : `fn loadWord(row: u32, word: u32) -> u32 { return codes[row * ${words}u + word]; }`
}
fn rowScale(row: u32) -> f32 { return ${rowScale}; }
fn groupScale(row: u32, group: u32) -> f32 { ${groupScale} }
`,
    quads(given, scale) {
      switch (format) {
        case 'f32':
          return chunks(given, 4).map((quad) => `bitcast<vec4<f32>>(vec4<u32>(${quad.join(', ')}))`);
        case 'f16':
          return chunks(given, 2).map((pair) =>
            isNative
              ? `vec4<f32>(bitcast<vec4<f16>>(vec2<u32>(${pair.join(', ')})))`
              : `vec4<f32>(${pair.map((word) => `unpack2x16float(${word})`).join(', ')})`,
          );
        case 'q8':
          return given.map((word) => `vec4<f32>(unpack4xI8(${word}))`);
        case 'q4': // (nibble - 8) * scale; both products are exact in f32
          return given.flatMap((word) =>
            ['', ' >> 4u'].map((shift) => {
              const nibbles = `vec4<f32>(unpack4xU8((${word}${shift}) & 0x0f0f0f0fu))`;
              return `fma(${nibbles}, vec4<f32>(${scale}), vec4<f32>(-8.0 * ${scale}))`;
            }),
          );
      }
    },
  };
}

function chunks(words: readonly string[], size: number): string[][] {
  return Array.from({ length: words.length / size }, (_, i) => words.slice(i * size, (i + 1) * size));
}
