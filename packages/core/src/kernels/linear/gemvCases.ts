/** Cases of the matrix-vector kernels; each runs in the shape for hardware and in the one for software adapters. */
import { float16ToFloat32, float32ToFloat16 } from '../../support/float16.ts';
import { createRandom, type Random } from '../../support/random.ts';
import { headStride, passFields, rowStride } from '../layout.ts';
import {
  judge,
  runKernel,
  type CaseResult,
  type KernelCase,
  type TestBuffer,
  type TestGpu,
} from '../testing/harness.ts';
import { packMatrix, padRows } from '../testing/matrix.ts';
import { gemvKernel, gemvWorkgroups, type GemvSpec, type QkvEpilogue } from './gemv.ts';
import { matrixRows } from './gemvSpec.ts';
import { gatedSiluReference, linearReference, rmsNormReference, rotateHalfReference } from './reference.ts';

interface Setting {
  readonly name: string;
  readonly spec: GemvSpec;
  /** Largest magnitude of x. */
  readonly size?: number;
  /** Rows of x and the one wanted. */
  readonly inputRows?: { readonly count: number; readonly wanted: number };
  readonly cached?: number;
  readonly positions?: readonly [temporal: number, row: number, column: number];
}

const plain = { norm: null, epilogue: { kind: 'store' }, hasBias: false, outStart: 0, inputRow: 'first' } as const;
const norm = { eps: 1e-6 };
const outTail = 3; // values of `out` after a part's own, which must stay as they are

const tinyHeads: QkvEpilogue = {
  kind: 'qkv',
  heads: 4,
  kvHeads: 2,
  headDim: 24,
  context: 5,
  kv: 'f32',
  mropeSection: [4, 4, 4],
  qScale: 24 ** -0.5,
};
/** Pairs of elements that share a u32 of an f16 cache belong to different rotation pairs. */
const oddHeads: QkvEpilogue = {
  ...tinyHeads,
  heads: 3,
  kvHeads: 1,
  headDim: 6,
  mropeSection: [1, 1, 1],
  kv: 'f16',
  qScale: 0.5,
};
const rowsOf = ({ heads, kvHeads, headDim }: QkvEpilogue) => (heads + 2 * kvHeads) * headDim;

const settings: readonly Setting[] = [
  ...(['f32', 'f16', 'q8', 'q4'] as const).flatMap((format): Setting[] => {
    const small = { ...plain, format, rows: 3, columns: 50 };
    return [
      { name: `${format} 3x50`, spec: small },
      {
        name: `${format} 19 pairs x 160 norm, gated silu`,
        spec: { ...small, rows: 19, columns: 160, norm, epilogue: { kind: 'gatedSilu' } },
      },
      {
        name: `${format} qkv f32 cache`,
        spec: { ...small, rows: rowsOf(tinyHeads), columns: 96, norm, hasBias: true, epilogue: tinyHeads },
        cached: 4,
        positions: [3, 0, 7],
      },
      { name: `${format} 5x4128`, spec: { ...small, rows: 5, columns: 4128 } },
    ];
  }),
  { name: 'f32 1x32 with bias', spec: { ...plain, format: 'f32', rows: 1, columns: 32, hasBias: true } },
  {
    name: 'q4 37x96 norm, bias, residual',
    spec: { ...plain, format: 'q4', rows: 37, columns: 96, norm, hasBias: true, epilogue: { kind: 'residual' } },
  },
  {
    name: 'q8 part at 11, logits row 2',
    spec: { ...plain, format: 'q8', rows: 21, columns: 64, norm, outStart: 11, inputRow: 'logitsRow' },
    inputRows: { count: 3, wanted: 2 },
  },
  {
    name: 'q4 qkv f16 cache, head of 6',
    spec: { ...plain, format: 'q4', rows: rowsOf(oddHeads), columns: 50, hasBias: true, epilogue: oddHeads },
    cached: 2,
    positions: [6, 1, 2],
  },
  {
    name: 'q4 qkv f16 cache, head of 24, last token',
    spec: { ...plain, format: 'q4', rows: rowsOf(tinyHeads), columns: 96, norm, epilogue: { ...tinyHeads, kv: 'f16' } },
    cached: 4,
    positions: [2, 5, 1],
  },
  { name: 'q4 inputs of 5000', spec: { ...plain, format: 'q4', rows: 33, columns: 2080 }, size: 5000 },
  {
    name: 'q4 inputs of 5000, gated silu',
    spec: { ...plain, format: 'q4', rows: 9, columns: 352, epilogue: { kind: 'gatedSilu' } },
    size: 5000,
  },
  { name: 'q8 inputs of 5000, norm', spec: { ...plain, format: 'q8', rows: 7, columns: 352, norm }, size: 5000 },
  {
    name: 'q4 300x544 norm and bias',
    spec: { ...plain, format: 'q4', rows: 300, columns: 544, norm, hasBias: true },
  },
  {
    name: 'q8 qkv f16 cache, 672 columns',
    spec: {
      ...plain,
      format: 'q8',
      rows: rowsOf(tinyHeads),
      columns: 672,
      norm,
      hasBias: true,
      epilogue: { ...tinyHeads, kv: 'f16' },
    },
    cached: 1,
    positions: [1, 1, 1],
  },
  {
    name: 'q4 zero input, norm and bias',
    spec: { ...plain, format: 'q4', rows: 6, columns: 64, norm, hasBias: true },
    size: 0,
  },
  { name: 'q4 zero input', spec: { ...plain, format: 'q4', rows: 6, columns: 64 }, size: 0 },
  {
    name: 'q4 gated silu, part at 4, bias',
    spec: {
      ...plain,
      format: 'q4',
      rows: 10,
      columns: 50,
      outStart: 4,
      hasBias: true,
      epilogue: { kind: 'gatedSilu' },
    },
  },
  {
    name: 'q4 residual, part at 8',
    spec: { ...plain, format: 'q4', rows: 10, columns: 2080, outStart: 8, epilogue: { kind: 'residual' } },
  },
];

export const gemvCases: readonly KernelCase[] = [false, true].flatMap((isSoftware) =>
  settings.map((setting, i) => ({
    name: `gemv ${setting.name} (${isSoftware ? 'software' : 'hardware'} shape)`,
    run: (gpu: TestGpu) => runSetting({ ...gpu, capabilities: { ...gpu.capabilities, isSoftware } }, setting, i + 1),
  })),
);

async function runSetting(gpu: TestGpu, setting: Setting, seed: number): Promise<CaseResult> {
  const { spec, size = 1, inputRows = { count: 1, wanted: 0 }, cached = 0, positions = [0, 0, 0] } = setting;
  const { columns, epilogue } = spec;
  const random = createRandom(seed);
  const rows = matrixRows(spec);
  const matrix = packMatrix(spec.format, uniform(random, rows * columns, 0.5), rows, columns);
  const x = uniform(random, inputRows.count * columns, size);
  const normWeight = spec.norm ? uniform(random, columns, 2) : new Float32Array();
  const bias = spec.hasBias ? uniform(random, rows, 1) : new Float32Array();
  const before = uniform(random, spec.outStart + spec.rows + outTail, 1);
  const pass = Uint32Array.of(inputRows.count, cached, inputRows.wanted, 0, ...positions);

  const wanted = x.subarray(inputRows.wanted * columns, (inputRows.wanted + 1) * columns);
  const input = spec.norm ? rmsNormReference(wanted, normWeight, spec.norm.eps) : wanted;
  const y = linearReference(input, matrix.values, columns, spec.hasBias ? bias : null);

  const vectors = Float32Array.of(...(spec.norm ? padRows(normWeight, 1, columns) : []), ...bias, 0);
  const shared: TestBuffer[] = [
    { data: matrix.codes },
    { data: matrix.scales },
    { data: padRows(x, inputRows.count, columns) },
    { data: vectors },
    { data: pass },
  ];
  // Folded into two rows of workgroups, as very many are.
  const [workgroups] = gemvWorkgroups(spec, gpu.capabilities);
  const run = (rest: readonly TestBuffer[]) =>
    runKernel(gpu, gemvKernel(spec, gpu.capabilities), [...shared, ...rest], [Math.ceil(workgroups / 2), 2, 1]);

  if (epilogue.kind === 'qkv') {
    const table = uniform(random, 2 * (epilogue.headDim / 2) * (Math.max(...positions) + 1), 1);
    const expected = qkvReference(y, epilogue, table, pass);
    const [q, kv] = await run([
      { data: new Float32Array(rowStride(epilogue.heads * epilogue.headDim)), isOutput: true },
      { data: table },
      { data: expected.kvBefore, isOutput: true },
    ]);
    const judged = judge(q!, expected.q, limit);
    if (!judged.passed) return judged;
    const isHalf = epilogue.kv === 'f16';
    const values = isHalf ? float16ToFloat32(new Uint16Array(kv!.buffer)) : kv!;
    return judge(values, expected.kv, isHalf ? 1e-3 : limit);
  }
  const results = epilogue.kind === 'gatedSilu' ? gatedSiluReference(y, spec.rows) : y;
  const expected = Float64Array.from(before);
  results.forEach((value, i) => {
    expected[spec.outStart + i] = epilogue.kind === 'residual' ? before[spec.outStart + i]! + value : value;
  });
  const [out] = await run([{ data: before, isOutput: true }]);
  return judge(out!, expected, limit);
}

/** Share of the largest output: rounding of f32 sums, not more. */
const limit = 1e-5;

function qkvReference(y: Float64Array, epilogue: QkvEpilogue, table: Float32Array, pass: Uint32Array) {
  const { heads, kvHeads, headDim, context, mropeSection, qScale } = epilogue;
  const half = headDim / 2;
  const axes = mropeSection.flatMap((count, axis) => Array<number>(count).fill(axis));
  const angles = axes.flatMap((axis, i) => {
    const at = 2 * (pass[passFields.positions + axis]! * half + i);
    return [table[at]!, table[at + 1]!];
  });
  const q = new Float64Array(rowStride(heads * headDim));
  const stride = headStride(headDim);
  const stale = uniform(createRandom(99), 2 * kvHeads * context * stride, 1);
  const kv = Float64Array.from(stale);
  for (let head = 0; head < heads + 2 * kvHeads; head++) {
    const values = y.slice(head * headDim, (head + 1) * headDim);
    if (head < heads + kvHeads) rotateHalfReference(values, angles);
    if (head < heads)
      q.set(
        values.map((value) => value * qScale),
        head * headDim,
      );
    else kv.set(values, ((head - heads) * context + pass[passFields.cached]!) * stride);
  }
  return { q, kv, kvBefore: epilogue.kv === 'f16' ? float32ToFloat16(stale) : stale };
}

function uniform(random: Random, count: number, size: number): Float32Array {
  return Float32Array.from({ length: count }, () => (2 * random.next() - 1) * size);
}
