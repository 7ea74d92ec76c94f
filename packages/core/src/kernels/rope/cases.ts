/**
 * Cases of the rotary kernels: head sizes 6 to 128, positions that differ by axis, a cache that already holds tokens, both
 * cache types. What the cache held elsewhere must stay.
 */
import { float16ToFloat32 } from '../../support/float16.ts';
import { createRandom } from '../../support/random.ts';
import { rotateHalfReference } from '../linear/reference.ts';
import { headStride, passBytes, passFields, rowStride } from '../layout.ts';
import { judge, runKernel, type CaseResult, type KernelCase } from '../testing/harness.ts';
import { padRows, unpadRows } from '../testing/matrix.ts';
import { appendKvKernel, appendKvWorkgroups, type AppendKvSpec } from './appendKv.ts';
import { rotate2dKernel, rotate2dWorkgroups } from './rotate2d.ts';

/** (cos, sin) of position * frequency, [positions][count]. */
function ropeTable(positions: number, count: number, theta: number): Float32Array {
  const table = new Float32Array(2 * positions * count);
  for (let at = 0; at < positions * count; at++) {
    const angle = Math.floor(at / count) * theta ** (-(at % count) / count);
    table[2 * at] = Math.cos(angle);
    table[2 * at + 1] = Math.sin(angle);
  }
  return table;
}

function randomValues(count: number, seed: number, size: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => size * (2 * random.next() - 1));
}

interface AppendCase {
  readonly heads: number;
  readonly kvHeads: number;
  readonly mropeSection: readonly [number, number, number];
  readonly rows: number;
  readonly cached: number;
  readonly context: number;
  readonly size?: number;
}

const appendCases: readonly AppendCase[] = [
  { heads: 1, kvHeads: 1, mropeSection: [1, 1, 1], rows: 3, cached: 0, context: 5 },
  { heads: 4, kvHeads: 2, mropeSection: [2, 3, 3], rows: 33, cached: 7, context: 64, size: 5000 },
  { heads: 16, kvHeads: 2, mropeSection: [16, 24, 24], rows: 5, cached: 11, context: 16 },
  // The last two rows find no room.
  { heads: 2, kvHeads: 1, mropeSection: [10, 15, 15], rows: 4, cached: 6, context: 8 },
];

export const ropeCases: readonly KernelCase[] = [
  ...appendCases.flatMap((given) => (['f32', 'f16'] as const).map((kv) => appendKvCase(given, kv))),
  ...[
    { heads: 2, headDim: 16, patches: 9 },
    { heads: 3, headDim: 80, patches: 33 },
    { heads: 1, headDim: 4, patches: 1 },
  ].map((given) => rotate2dCase(given.heads, given.headDim, given.patches)),
];

function appendKvCase({ size = 1, rows, cached, ...given }: AppendCase, kv: 'f16' | 'f32'): KernelCase {
  const { heads, kvHeads, context, mropeSection } = given;
  const half = mropeSection.reduce((sum, section) => sum + section, 0);
  const headDim = 2 * half;
  const spec: AppendKvSpec = { ...given, headDim, kv, qScale: headDim ** -0.5 };
  const stride = headStride(headDim);
  const width = (heads + 2 * kvHeads) * headDim;
  return {
    name: `appendKv ${heads}/${kvHeads} heads of ${headDim}, ${kv}, ${rows} rows after ${cached} of ${context}`,
    async run(gpu) {
      const values = randomValues(rows * width, width, size);
      const table = ropeTable(64, half, 1e4);
      const pass = new Uint32Array(passBytes(rows) / 4);
      pass[passFields.rows] = rows;
      pass[passFields.cached] = cached;
      const axisPosition = (row: number, axis: number) => [cached + row, 2 * row + 3, (7 * row) % 13][axis]! % 64;
      for (let i = 0; i < 3 * rows; i++) pass[passFields.positions + i] = axisPosition(Math.floor(i / 3), i % 3);
      const before = 0.5; // of every value in the cache
      const cache =
        kv === 'f32'
          ? new Float32Array(2 * kvHeads * context * stride).fill(before)
          : new Uint16Array(2 * kvHeads * context * stride).fill(0x3800);
      const [q, kvBytes] = await runKernel(
        gpu,
        appendKvKernel(spec),
        [
          { data: padRows(values, rows, width) },
          { data: table },
          { data: pass },
          { data: new Float32Array(rows * rowStride(heads * headDim)), isOutput: true },
          { data: cache, isOutput: true },
        ],
        appendKvWorkgroups(spec, rows),
      );
      const expectedQ = new Float64Array(rows * heads * headDim);
      const expectedKv = new Float64Array(2 * kvHeads * context * stride).fill(before);
      for (let row = 0; row < rows; row++) {
        const angles = Float32Array.from({ length: 2 * half }, (_, at) => {
          const i = at >> 1;
          const axis = i < mropeSection[0] ? 0 : i < mropeSection[0] + mropeSection[1] ? 1 : 2;
          return table[2 * (axisPosition(row, axis) * half + i) + (at & 1)]!;
        });
        for (let head = 0; head < heads + 2 * kvHeads; head++) {
          const start = row * width + head * headDim;
          const turned = Float64Array.from(values.subarray(start, start + headDim));
          if (head < heads + kvHeads) rotateHalfReference(turned, angles);
          if (head < heads) {
            expectedQ.set(
              turned.map((value) => value * spec.qScale),
              (row * heads + head) * headDim,
            );
          } else if (cached + row < context) {
            expectedKv.set(turned, ((head - heads) * context + cached + row) * stride);
          }
        }
      }
      const actualKv = kv === 'f32' ? kvBytes! : float16ToFloat32(new Uint16Array(kvBytes!.buffer));
      const inQ = judge(unpadRows(q!, rows, heads * headDim), expectedQ, 1e-6);
      return firstFailure(inQ, judge(actualKv, expectedKv, kv === 'f32' ? 1e-6 : 2 ** -11));
    },
  };
}

function rotate2dCase(heads: number, headDim: number, patches: number): KernelCase {
  const width = 3 * heads * headDim;
  return {
    name: `rotate2d ${heads} heads of ${headDim}, ${patches} patches`,
    async run(gpu) {
      const quarter = headDim / 4;
      const values = randomValues(patches * width, width, 5);
      const positions = Uint32Array.from({ length: 2 * patches }, (_, i) => (i % 2 ? (5 * i) % 31 : i >> 1));
      const table = ropeTable(40, quarter, 1e4);
      const [actual] = await runKernel(
        gpu,
        rotate2dKernel({ heads, headDim }),
        [
          { data: padRows(values, patches, width), isOutput: true },
          { data: table },
          { data: positions },
          { data: Uint32Array.of(patches, 0, 0, 0) },
        ],
        rotate2dWorkgroups({ heads, headDim }, patches),
      );
      const expected = Float64Array.from(values);
      for (let patch = 0; patch < patches; patch++) {
        const angles = Float32Array.from({ length: 4 * quarter }, (_, at) => {
          const axis = at < 2 * quarter ? 0 : 1;
          return table[2 * positions[2 * patch + axis]! * quarter + (at % (2 * quarter))]!;
        });
        for (let head = 0; head < 2 * heads; head++) {
          const start = patch * width + head * headDim;
          const turned = expected.slice(start, start + headDim);
          rotateHalfReference(turned, angles);
          const scale = head < heads ? headDim ** -0.5 : 1;
          expected.set(
            turned.map((value) => value * scale),
            start,
          );
        }
      }
      return judge(unpadRows(actual!, patches, width), expected, 1e-6);
    },
  };
}

function firstFailure(first: CaseResult, second: CaseResult): CaseResult {
  return first.passed ? second : first;
}
