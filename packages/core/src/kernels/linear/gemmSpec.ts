/**
 * What a matrix product over many rows computes: out = epilogue(x · Wᵀ + bias) for M = pass[0] rows of x. Matrices lie in
 * row blocks ("parts") where they exceed a binding; each part is a matrix of its own and writes from `outStart` on.
 */
import { rowStride, type MatrixFormat } from '../layout.ts';

/** store: out = y. residual: out += y. gatedSilu: out = silu(gate) * up. gelu: out = y * (1 + erf(y / sqrt 2)) / 2. */
export type GemmEpilogue = 'store' | 'residual' | 'gatedSilu' | 'gelu';

export interface GemmSpec {
  readonly format: MatrixFormat;
  /** Outputs of this part. `gatedSilu` pairs row i (gate) with row i + rows (up) of a matrix of 2 * rows rows. */
  readonly rows: number;
  readonly columns: number;
  readonly epilogue: GemmEpilogue;
  /** One bias a matrix row in `vectors`. */
  readonly hasBias: boolean;
  /** Where this part's outputs begin in a row of `out`. */
  readonly outStart: number;
  /** Width of a row of `out`, all parts together. */
  readonly outWidth: number;
}

/** Matrix rows that make one output. */
export function rowsPerOutput({ epilogue }: GemmSpec): 1 | 2 {
  return epilogue === 'gatedSilu' ? 2 : 1;
}

/** Bindings 2 to 5; 0 and 1 are the matrix's. x is read as `xType`. */
export function gemmBindings({ hasBias }: GemmSpec, xType: 'f32' | 'vec4<f32>'): string {
  return `
@group(0) @binding(2) var<storage, read> x: array<${xType}>;
${hasBias ? '@group(0) @binding(3) var<storage, read> vectors: array<f32>;' : ''}
@group(0) @binding(4) var<storage, read> pass_: array<u32>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;
`;
}

/**
 * `finish(row, output, a, b)` takes the sums of an output (b only for gatedSilu; without scale and bias of the matrix
 * rows) and writes it. Needs `rowScale` of the weight reader.
 */
export function gemmEpilogue(spec: GemmSpec): string {
  const { epilogue, hasBias, rows, outStart, outWidth } = spec;
  const body = {
    store: 'out[at] = a;',
    residual: 'out[at] += a;',
    // The limit keeps exp finite; beyond it silu is zero in f32 anyway.
    gatedSilu: 'out[at] = a / (1.0 + exp(min(-a, 80.0))) * b;',
    gelu: 'out[at] = gelu(a);',
  }[epilogue];
  const isPaired = rowsPerOutput(spec) === 2;
  return `
${epilogue === 'gelu' ? geluCode : ''}
fn whole(row: u32, sum: f32) -> f32 {
  return sum * rowScale(row)${hasBias ? ' + vectors[row]' : ''};
}
fn finish(row: u32, output: u32, sumA: f32${isPaired ? ', sumB: f32' : ''}) {
  let at = row * ${rowStride(outWidth)}u + ${outStart}u + output;
  let a = whole(output, sumA);
  ${isPaired ? `let b = whole(output + ${rows}u, sumB);` : ''}
  ${body}
}
`;
}

/**
 * Exact gelu as y * erfc(-y / sqrt 2) / 2; erfc by Abramowitz and Stegun 7.1.26, absolute error 1.5e-7. The complement
 * keeps the tail of negative y, which 1 + erf would cancel.
 */
const geluCode = `
fn gelu(y: f32) -> f32 {
  let z = abs(y) * ${Math.SQRT1_2};
  let t = 1.0 / fma(z, 0.3275911, 1.0);
  let series = t * fma(t, fma(t, fma(t, fma(t, 1.061405429, -1.453152027), 1.421413741), -0.284496736), 0.254829592);
  let tail = 0.5 * series * exp(-min(z * z, 80.0));
  return y * select(tail, 1.0 - tail, y > 0.0);
}
`;
