/**
 * The WGSL both shapes of the matrix-vector kernel share: sums of some matrix rows over units of 16 bytes. Everything is
 * unrolled over the rows, so that a unit's columns of x are read once for all of them.
 */
import { passFields, rowStride } from '../layout.ts';
import { float } from './gemvEpilogue.ts';
import { isPaired, unitCount, type GemvSpec } from './gemvSpec.ts';
import { unitWords, type WeightReader } from './weights.ts';

/**
 * A nibble put at the top of the mantissa of 1.0 reads as 1 + nibble / 16: no conversion from integer, which is slow on
 * many GPUs. With these, the sum of (nibble - 8) * x is 16 * sum(value * x) - 24 * sum(x).
 */
const nibbleCode = `
fn asFraction(bits: vec4<u32>) -> vec4<f32> {
  return bitcast<vec4<f32>>((bits & vec4<u32>(0x00780000u)) | vec4<u32>(0x3f800000u));
}
fn lowNibbles(word: u32) -> vec4<f32> {
  return asFraction(vec4<u32>(word << 19u, word << 11u, word << 3u, word >> 5u));
}
fn highNibbles(word: u32) -> vec4<f32> {
  return asFraction(vec4<u32>(word << 15u, word << 7u, word >> 1u, word >> 9u));
}`;

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

export interface InnerLoop {
  readonly declarations: string;
  /** Declares `rowN` and `sumN` for N in 0 to rows - 1, and `squares` where x is normalised here. */
  start(unitOf: (unit: number) => string): string;
  /** Adds unit \`i\` of 16 bytes to all sums. */
  step: string;
  /** The finished sums of an output unit, as arguments of \`finish\`: scaled by the rows' scales and by \`factor\`. */
  sums(unit: number): string;
}

/** `units`: output units (rows, or pairs of rows) of one invocation. `readX`: how x is read, given the index of a vec4. */
export function innerLoop(
  spec: GemvSpec,
  reader: WeightReader,
  units: number,
  readX: (at: string) => string,
): InnerLoop {
  const perUnit = isPaired(spec) ? 2 : 1;
  const rows = times(units * perUnit, (row) => row);
  const quads = reader.wordColumns; // vec4s of x in a unit of 4 words
  const isQ4 = spec.format === 'q4';
  const products = isQ4
    ? unitWords('w').flatMap((word) => [`lowNibbles(${word})`, `highNibbles(${word})`])
    : reader.quads(unitWords('w'), '1.0');
  const dot = products.map((weights, q) => `dot(${weights}, x${q})`).join(' + ');
  const add = (row: number) =>
    isQ4 ? `sum${row} = fma(groupScale(row${row}, i), 16.0 * (${dot}) - offset, sum${row});` : `sum${row} += ${dot};`;
  return {
    declarations: isQ4 ? nibbleCode : '',
    start: (unitOf) =>
      rows
        .map((row) => {
          const unit = `min(${unitOf(Math.floor(row / perUnit))}, ${unitCount(spec) - 1}u)`;
          return `let row${row} = rowOf(${unit}, ${row % perUnit}u); var sum${row} = 0.0;`;
        })
        .join('\n  '),
    step: `
    ${times(quads, (q) => `let x${q} = ${readX(`i * ${quads}u + ${q}u`)};`).join('\n    ')}
    ${isQ4 ? `let offset = 24.0 * dot(${times(quads, (q) => `x${q}`).join(' + ')}, vec4<f32>(1.0));` : ''}
    ${rows.map((row) => `{ let w = loadUnit(row${row}, i); ${add(row)} }`).join('\n    ')}`,
    sums: (unit) =>
      times(perUnit, (half) => unit * perUnit + half)
        .map(
          (row) =>
            `sum${row}${reader.scaleKind === 'row' ? ` * rowScale(row${row})` : ''}${spec.norm ? ' * factor' : ''}`,
        )
        .join(', '),
  };
}

/** Units of 16 bytes in a row of the matrix. */
export function rowUnits({ columns }: GemvSpec, reader: WeightReader): number {
  return rowStride(columns) / (4 * reader.wordColumns);
}

/** First vec4 of the row of x that is read. */
export function inputStart({ inputRow, columns }: GemvSpec): string {
  return inputRow === 'first' ? '0u' : `pass_[${passFields.logitsRow}u] * ${rowStride(columns) / 4}u`;
}

/** What a normalised row is multiplied by, given the sum of its squares. */
export function normFactor({ norm, columns }: GemvSpec, squares: string): string {
  return norm ? `inverseSqrt(${squares} / ${float(columns)} + ${float(norm.eps)})` : '1.0';
}
