/**
 * The WGSL that a matrix-vector kernel runs on finished sums: `rowOf(unit, half)` names the matrix row of a unit, and
 * `finish(unit, a, b)` takes the sums of its rows (b only for paired epilogues) and writes the result.
 */
import { headStride, passFields, rowStride } from '../layout.ts';
import { isPaired, type GemvSpec, type QkvEpilogue } from './gemvSpec.ts';

/** Bindings 2 to 7 as far as the kernel uses them. `normWeight` and `withBias` read `vectors`. */
export function vectorBindings(spec: GemvSpec): string {
  const { norm, hasBias, columns, epilogue } = spec;
  const lines = [
    '@group(0) @binding(2) var<storage, read> x: array<vec4<f32>>;',
    '@group(0) @binding(4) var<storage, read> pass_: array<u32>;',
    '@group(0) @binding(5) var<storage, read_write> out: array<f32>;',
  ];
  if (norm || hasBias) {
    const members = [
      ...(norm ? [`normWeight: array<vec4<f32>, ${rowStride(columns) / 4}>`] : []),
      ...(hasBias ? ['bias: array<f32>'] : []),
    ];
    lines.push(
      `struct Vectors { ${members.join(', ')} }`,
      '@group(0) @binding(3) var<storage, read> vectors: Vectors;',
    );
  }
  if (epilogue.kind === 'qkv') {
    const value = epilogue.kv === 'f16' ? 'atomic<u32>' : 'f32';
    lines.push(
      '@group(0) @binding(6) var<storage, read> ropeTable: array<vec2<f32>>;',
      `@group(0) @binding(7) var<storage, read_write> kv: array<${value}>;`,
    );
  }
  return lines.join('\n');
}

export function epilogueCode(spec: GemvSpec): string {
  const { epilogue, outStart } = spec;
  const parameters = isPaired(spec) ? 'unit: u32, sumA: f32, sumB: f32' : 'unit: u32, sumA: f32';
  const body = {
    store: `out[${outStart}u + unit] = a;`,
    residual: `out[${outStart}u + unit] += a;`,
    // The limit keeps exp finite; beyond it silu is zero in f32 anyway.
    gatedSilu: `out[${outStart}u + unit] = a / (1.0 + exp(min(-a, 80.0))) * b;`,
    qkv: 'finishHead(unit, a, b);',
  }[epilogue.kind];
  return `
${rowOf(spec)}
fn withBias(row: u32, sum: f32) -> f32 {
  return ${spec.hasBias ? 'sum + vectors.bias[row]' : 'sum'};
}
${epilogue.kind === 'qkv' ? headCode(epilogue) : ''}
fn finish(${parameters}) {
  let a = withBias(rowOf(unit, 0u), sumA);
  ${isPaired(spec) ? 'let b = withBias(rowOf(unit, 1u), sumB);' : ''}
  ${body}
}`;
}

function rowOf({ epilogue, rows }: GemvSpec): string {
  const body = () => {
    if (epilogue.kind === 'gatedSilu') return `unit + half * ${rows}u`;
    if (epilogue.kind !== 'qkv') return 'unit';
    const pairs = epilogue.headDim / 2;
    return `unit / ${pairs}u * ${epilogue.headDim}u + unit % ${pairs}u + half * ${pairs}u`;
  };
  return `fn rowOf(unit: u32, half: u32) -> u32 { return ${body()}; }`;
}

function headCode({ heads, kvHeads, headDim, context, kv, mropeSection, qScale }: QkvEpilogue): string {
  const pairs = headDim / 2;
  const [temporal = 0, row = 0] = mropeSection;
  // Two elements of the cache share a u32 and may come from different invocations: each sets its own half.
  const store =
    kv === 'f32'
      ? 'kv[at] = value;'
      : `let shift = 16u * (at % 2u);
  atomicAnd(&kv[at / 2u], ~(0xffffu << shift));
  atomicOr(&kv[at / 2u], (pack2x16float(vec2<f32>(value, 0.0)) & 0xffffu) << shift);`;
  return `
fn storeKv(at: u32, value: f32) {
  ${store}
}
fn finishHead(unit: u32, a: f32, b: f32) {
  let head = unit / ${pairs}u;
  let i = unit % ${pairs}u;
  var turned = vec2<f32>(a, b);
  if (head < ${heads + kvHeads}u) {
    let axis = select(select(2u, 1u, i < ${temporal + row}u), 0u, i < ${temporal}u);
    let angle = ropeTable[pass_[${passFields.positions}u + axis] * ${pairs}u + i];
    turned = vec2<f32>(a * angle.x - b * angle.y, b * angle.x + a * angle.y);
  }
  if (head < ${heads}u) {
    out[head * ${headDim}u + i] = turned.x * ${float(qScale)};
    out[head * ${headDim}u + i + ${pairs}u] = turned.y * ${float(qScale)};
    return;
  }
  let token = pass_[${passFields.cached}u];
  if (token >= ${context}u) { return; } // steps drawn ahead may run past the end; their results are dropped
  let at = ((head - ${heads}u) * ${context}u + token) * ${headStride(headDim)}u + i;
  storeKv(at, turned.x);
  storeKv(at + ${pairs}u, turned.y);
}`;
}

/** A WGSL f32 literal. */
export function float(value: number): string {
  return `f32(${Math.fround(value)})`;
}
