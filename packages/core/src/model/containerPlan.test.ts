import { describe, expect, it } from 'vitest';
import { createChunkMaker, planContainer } from './containerPlan.ts';
import { weightScheme, type WeightSchemeName } from './weightSchemes.ts';
import { encodeWeights } from './encodeWeights.ts';
import type { RowSource } from './weightSource.ts';

const matrices: readonly [string, readonly number[], WeightSchemeName][] = [
  ['a', [7, 40], 'q4'],
  ['b', [5], 'f32'],
  ['c', [9, 13], 'q8'],
  ['d', [3, 2, 5], 'f16'],
  ['e', [11, 33], 'q4'],
];

const valuesOf = (name: string, count: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(i + name.charCodeAt(0)) * (1 + (i % 7)));

function source() {
  const values = new Map(
    matrices.map(([name, shape]) => [
      name,
      valuesOf(
        name,
        shape.reduce((a, b) => a * b, 1),
      ),
    ]),
  );
  const tensors = new Map(matrices.map(([name, shape]) => [name, { shape, dtype: 'F32' }]));
  let read = 0;
  const rows: RowSource = {
    tensors,
    read: (name) => Promise.resolve(values.get(name)!),
    readRows(name, start, end) {
      const columns = values.get(name)!.length / tensors.get(name)!.shape[0]!;
      read += (end - start) * columns;
      return Promise.resolve(values.get(name)!.slice(start * columns, end * columns));
    },
  };
  const policy = (name: string) => matrices.find(([known]) => known === name)![2];
  return { weights: encodeWeights(rows, policy), values, valuesRead: () => read };
}

/** All tensors as their schemes store them, end to end. */
function expected() {
  const { values } = source();
  const parts = matrices.map(([name, shape, scheme]) => weightScheme(scheme).encode(values.get(name)!, shape));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe('a container made chunk by chunk', () => {
  it.each([16, 60, 64, 100, 333, 4096])('of %i bytes holds every tensor as its scheme stores it', async (size) => {
    const { weights, valuesRead } = source();
    const plan = planContainer(weights.tensors, size);
    const make = createChunkMaker(plan, weights, () => {});
    const bytes: number[] = [];
    for (const [index, { length }] of plan.chunks.entries()) {
      const chunk = await make(index);
      expect(chunk.length).toBe(length);
      bytes.push(...chunk);
    }
    expect(Uint8Array.from(bytes)).toEqual(expected());
    // In order only rows that lie across two chunks are read twice.
    const total = matrices.reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);
    if (size >= 333) expect(valuesRead()).toBeLessThan(total * 1.3);
  });

  it('gives the same chunk when it is the first one made after a break', async () => {
    const whole = expected();
    const size = 48;
    const { weights } = source();
    const plan = planContainer(weights.tensors, size);
    for (const index of plan.chunks.keys()) {
      const make = createChunkMaker(plan, weights, () => {});
      expect(await make(index)).toEqual(whole.slice(index * size, (index + 1) * size));
    }
  });

  it('places a tensor that begins where a chunk ends at the start of the next', () => {
    const { tensors } = source().weights;
    const plan = planContainer(tensors, weightScheme('q4').byteLength([7, 40]));
    expect(plan.tensors[1]).toMatchObject({ name: 'b', chunk: 1, offset: 0 });
  });
});
