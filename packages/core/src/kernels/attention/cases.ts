/** Attention kernels at shapes that can break them; every buffer beyond what a kernel may read holds NaN. */
import { float16ToFloat32, float32ToFloat16 } from '../../support/float16.ts';
import { createRandom, type Random } from '../../support/random.ts';
import { headStride, passFields, rowStride } from '../layout.ts';
import { judge, runKernel, type KernelCase, type TestData, type TestGpu } from '../testing/harness.ts';
import { unpadRows } from '../testing/matrix.ts';
import { cacheBytes, type CacheAttentionSpec } from './cache.ts';
import {
  decodeAttentionKernels,
  decodeAttentionWorkgroups,
  decodePartialBytes,
  type DecodeAttentionSpec,
} from './decode.ts';
import { prefillAttentionKernel, prefillAttentionWorkgroups } from './prefill.ts';
import { referenceAttention } from './reference.ts';
import { visionAttentionKernel, visionAttentionWorkgroups } from './vision.ts';

/** float32 sums of products of half-precision exponentials: what is left is rounding. */
const limit = 2e-5;
/** Scores of thousands lose about 2^-23 of themselves, which the exponential turns into a relative error. */
const outlierLimit = 4e-3;

/** Rows of activations with NaN in rows past `rows`. */
function paddedRows(rows: number, width: number, spareRows: number, value: (row: number, i: number) => number) {
  const stride = rowStride(width);
  const data = new Float32Array((rows + spareRows) * stride);
  data.fill(NaN, rows * stride);
  for (let row = 0; row < rows; row++) for (let i = 0; i < width; i++) data[row * stride + i] = value(row, i);
  return data;
}

export interface TestCache {
  readonly data: TestData;
  key(kvHead: number, token: number, d: number): number;
  value(kvHead: number, token: number, d: number): number;
}

/** A cache with `tokens` random tokens; the rest of it is NaN. */
export function testCache(spec: CacheAttentionSpec, tokens: number, random: Random): TestCache {
  const stride = headStride(spec.headDim);
  const values = new Float32Array(2 * spec.kvHeads * spec.context * stride).fill(NaN);
  const at = (part: number, kvHead: number, token: number) =>
    ((part * spec.kvHeads + kvHead) * spec.context + token) * stride;
  for (let part = 0; part < 2; part++) {
    for (let kvHead = 0; kvHead < spec.kvHeads; kvHead++) {
      for (let token = 0; token < tokens; token++) {
        const start = at(part, kvHead, token);
        values.fill(0, start, start + stride);
        for (let d = 0; d < spec.headDim; d++) values[start + d] = random.normal();
      }
    }
  }
  const halves = float32ToFloat16(values);
  const stored = spec.kv === 'f16' ? float16ToFloat32(halves) : values;
  const data = spec.kv === 'f16' ? halves : values;
  if (data.byteLength !== cacheBytes(spec)) throw new Error(`a cache of ${data.byteLength} bytes`);
  return {
    data,
    key: (kvHead, token, d) => stored[at(0, kvHead, token) + d]!,
    value: (kvHead, token, d) => stored[at(1, kvHead, token) + d]!,
  };
}

export function passData(rows: number, cached: number): Uint32Array {
  const pass = new Uint32Array(passFields.positions + 3 * rows);
  pass[passFields.rows] = rows;
  pass[passFields.cached] = cached;
  return pass;
}

/** Rows to the cache in float64. */
function cacheReference(spec: CacheAttentionSpec, rows: number, cached: number, q: Float32Array, cache: TestCache) {
  const { heads, kvHeads, headDim } = spec;
  const stride = rowStride(heads * headDim);
  const out = new Float64Array(rows * heads * headDim);
  for (let row = 0; row < rows; row++) {
    for (let head = 0; head < heads; head++) {
      const kvHead = Math.floor((head * kvHeads) / heads);
      const result = referenceAttention(headDim, {
        query: (d) => q[row * stride + head * headDim + d]!,
        key: (token, d) => cache.key(kvHead, token, d),
        value: (token, d) => cache.value(kvHead, token, d),
        first: 0,
        last: cached + row + 1,
      });
      out.set(result, (row * heads + head) * headDim);
    }
  }
  return out;
}

/** Runs decode attention on the GPU: one row after `cached` tokens. */
export async function runDecode(
  gpu: TestGpu,
  spec: DecodeAttentionSpec,
  cached: number,
  q: Float32Array,
  cache: TestData,
): Promise<Float32Array> {
  const { split, merge } = decodeAttentionKernels(spec, gpu.capabilities);
  const workgroups = decodeAttentionWorkgroups(spec, gpu.capabilities);
  const pass = { data: passData(1, cached) };
  const out = { data: new Float32Array(rowStride(spec.heads * spec.headDim)), isOutput: true };
  const partial = { data: new Float32Array(decodePartialBytes(spec) / 4).fill(NaN), isOutput: true };
  const [first] = await runKernel(
    gpu,
    split,
    [{ data: q }, { data: cache }, pass, merge ? partial : out],
    workgroups.split,
  );
  if (!merge) return first!;
  const [merged] = await runKernel(gpu, merge, [{ data: first! }, pass, out], workgroups.merge);
  return merged!;
}

/** Runs prefill attention on the GPU: `rows` rows after `cached` tokens, dispatched for `bucket` rows. */
export async function runPrefill(
  gpu: TestGpu,
  spec: CacheAttentionSpec,
  rows: number,
  cached: number,
  q: Float32Array,
  cache: TestData,
  bucket = rows,
): Promise<Float32Array> {
  const kernel = prefillAttentionKernel(spec, gpu.capabilities);
  const out = { data: new Float32Array(rows * rowStride(spec.heads * spec.headDim)), isOutput: true };
  const buffers = [{ data: q }, { data: cache }, { data: passData(rows, cached) }, out];
  const [result] = await runKernel(gpu, kernel, buffers, prefillAttentionWorkgroups(spec, bucket, gpu.capabilities));
  return result!;
}

const queryScale = (spec: { headDim: number }, isOutlier: boolean) => (isOutlier ? 2500 : 1) / Math.sqrt(spec.headDim);

function decodeCase(what: string, spec: DecodeAttentionSpec, tokens: number, isOutlier = false): KernelCase {
  return {
    name: `decode attention ${spec.kv} ${spec.heads}/${spec.kvHeads}x${spec.headDim}, ${tokens} tokens in ${spec.splits}: ${what}`,
    async run(gpu) {
      const random = createRandom(tokens + spec.headDim);
      const cache = testCache(spec, tokens, random);
      const width = spec.heads * spec.headDim;
      const q = paddedRows(1, width, 0, () => queryScale(spec, isOutlier) * random.normal());
      const out = await runDecode(gpu, spec, tokens - 1, q, cache.data);
      return judge(
        unpadRows(out, 1, width),
        cacheReference(spec, 1, tokens - 1, q, cache),
        isOutlier ? outlierLimit : limit,
      );
    },
  };
}

interface PrefillShape {
  readonly rows: number;
  readonly cached: number;
  /** Rows dispatched for; defaults to `rows`. */
  readonly bucket?: number;
  readonly isOutlier?: boolean;
}

function prefillCase(what: string, spec: CacheAttentionSpec, shape: PrefillShape): KernelCase {
  const { rows, cached, bucket = rows, isOutlier = false } = shape;
  return {
    name: `prefill attention ${spec.kv} ${spec.heads}/${spec.kvHeads}x${spec.headDim}, ${rows} rows after ${cached}: ${what}`,
    async run(gpu) {
      const random = createRandom(rows + 31 * cached + spec.headDim);
      const cache = testCache(spec, cached + rows, random);
      const width = spec.heads * spec.headDim;
      const q = paddedRows(rows, width, 2, () => queryScale(spec, isOutlier) * random.normal());
      const out = await runPrefill(gpu, spec, rows, cached, q, cache.data, bucket);
      const expected = cacheReference(spec, rows, cached, q, cache);
      return judge(unpadRows(out, rows, width), expected, isOutlier ? outlierLimit : limit);
    },
  };
}

interface VisionShape {
  readonly heads: number;
  readonly headDim: number;
  /** Lengths of neighbouring segments; negative: rows that belong to none. */
  readonly segments: readonly number[];
  readonly isOutlier?: boolean;
}

function visionCase(what: string, { heads, headDim, segments, isOutlier = false }: VisionShape): KernelCase {
  return {
    name: `vision attention ${heads}x${headDim}, segments ${segments.join()}: ${what}`,
    async run(gpu) {
      const ranges = segments.flatMap((length, i) => {
        const start = segments.slice(0, i).reduce((sum, before) => sum + Math.abs(before), 0);
        return Array.from({ length: Math.abs(length) }, () => (length < 0 ? [start, start] : [start, start + length]));
      }) as [number, number][];
      const rows = ranges.length;
      const random = createRandom(rows + headDim);
      const width = heads * headDim;
      const qkv = paddedRows(
        rows,
        3 * width,
        2,
        (_, i) => (i < width ? queryScale({ headDim }, isOutlier) : 1) * random.normal(),
      );
      const kernel = visionAttentionKernel({ heads, headDim }, gpu.capabilities);
      const [out] = await runKernel(
        gpu,
        kernel,
        [
          { data: qkv },
          { data: Uint32Array.from(ranges.flat()) },
          { data: passData(rows, 0) },
          { data: new Float32Array(rows * rowStride(width)), isOutput: true },
        ],
        visionAttentionWorkgroups({ heads, headDim }, rows, gpu.capabilities),
      );
      const expected = new Float64Array(rows * width);
      const at = (row: number, part: number, head: number, d: number) =>
        qkv[row * rowStride(3 * width) + part * width + head * headDim + d]!;
      ranges.forEach(([first, last], row) => {
        for (let head = 0; head < heads; head++) {
          const result = referenceAttention(headDim, {
            query: (d) => at(row, 0, head, d),
            key: (token, d) => at(token, 1, head, d),
            value: (token, d) => at(token, 2, head, d),
            first,
            last,
          });
          expected.set(result, row * width + head * headDim);
        }
      });
      return judge(unpadRows(out!, rows, width), expected, isOutlier ? outlierLimit : limit);
    },
  };
}

const real = { heads: 16, kvHeads: 2, headDim: 128, context: 300 } as const; // the 3B's
const tiny = { heads: 3, kvHeads: 1, headDim: 6, context: 70 } as const;
const single = { heads: 4, kvHeads: 4, headDim: 16, context: 90 } as const;

const shapes: readonly KernelCase[] = [
  decodeCase('the first token', { ...real, kv: 'f16', splits: 1 }, 1),
  decodeCase('one split', { ...real, kv: 'f16', splits: 1 }, 31),
  decodeCase('the last split is short', { ...real, kv: 'f16', splits: 3 }, 257),
  decodeCase('most splits are empty', { ...real, kv: 'f32', splits: 8 }, 33),
  decodeCase('a full cache', { ...real, kv: 'f32', splits: 5 }, 300),
  decodeCase('scores of thousands', { ...real, kv: 'f32', splits: 2 }, 100, true),
  decodeCase('a head that is no whole vector', { ...tiny, kv: 'f16', splits: 2 }, 65),
  decodeCase('an odd number of query heads', { ...tiny, kv: 'f32', splits: 1 }, 70),
  decodeCase('every query head has its own keys', { ...single, kv: 'f16', splits: 2 }, 71),
  decodeCase('head size 80', { heads: 4, kvHeads: 2, headDim: 80, context: 40, kv: 'f32', splits: 1 }, 40),
  prefillCase('one row', { ...real, kv: 'f16' }, { rows: 1, cached: 0 }),
  prefillCase('no whole tile', { ...real, kv: 'f16' }, { rows: 19, cached: 0 }),
  prefillCase('a chunk behind a prefix', { ...real, kv: 'f32' }, { rows: 9, cached: 66, bucket: 16 }),
  prefillCase('scores of thousands', { ...real, kv: 'f32' }, { rows: 5, cached: 30, isOutlier: true }),
  prefillCase('a head that is no whole vector', { ...tiny, kv: 'f32' }, { rows: 33, cached: 3, bucket: 64 }),
  prefillCase('an odd number of query heads', { ...tiny, kv: 'f16' }, { rows: 1, cached: 69 }),
  prefillCase('every query head has its own keys', { ...single, kv: 'f16' }, { rows: 70, cached: 20 }),
  prefillCase(
    'head size 80',
    { heads: 4, kvHeads: 2, headDim: 80, context: 40, kv: 'f16' },
    { rows: 35, cached: 1, bucket: 40 },
  ),
  visionCase('a window', { heads: 2, headDim: 80, segments: [64] }),
  visionCase('windows of different sizes', { heads: 2, headDim: 80, segments: [32, 16, 24, 1] }),
  visionCase('one row alone', { heads: 1, headDim: 80, segments: [1] }),
  visionCase('scores of thousands', { heads: 2, headDim: 80, segments: [20, 13], isOutlier: true }),
  visionCase('a head that is no whole vector', { heads: 3, headDim: 6, segments: [7, 1, 30, 9] }),
  visionCase('rows outside every window', { heads: 2, headDim: 16, segments: [5, -4, 20, -1, 40] }),
];

/** Every shape in the form for GPUs and in the form for adapters on the processor. */
export const attentionCases: readonly KernelCase[] = [false, true].flatMap((isSoftware) =>
  shapes.map(({ name, run }) => ({
    name: `${name} (${isSoftware ? 'software' : 'hardware'} form)`,
    run: (gpu) => run({ ...gpu, capabilities: { ...gpu.capabilities, isSoftware } }),
  })),
);
