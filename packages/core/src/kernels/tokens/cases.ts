/** Cases of the kernels that move rows: ids outside a part, odd widths, passes shorter than what was dispatched. */
import { createRandom } from '../../support/random.ts';
import type { MatrixFormat } from '../layout.ts';
import { judge, runKernel, type KernelCase, type TestBuffer } from '../testing/harness.ts';
import { packMatrix, padRows, unpadRows } from '../testing/matrix.ts';
import { embedKernel, embedWorkgroups, type EmbedSpec } from './embed.ts';
import { gatherRowsKernel, gatherRowsWorkgroups } from './gatherRows.ts';
import { embedReference, gatherRowsReference } from './reference.ts';

const extraRows = 2; // dispatched and there, but beyond the pass: they must stay as they are

function randomValues(seed: number, count: number, size = 1): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => size * (2 * random.next() - 1));
}

/** A matrix's codes as the bindings of its parts. */
function splitRows(codes: Uint8Array, parts: readonly number[]): TestBuffer[] {
  const rowBytes = codes.length / parts.reduce((sum, rows) => sum + rows, 0);
  let end = 0;
  return parts.map((rows) => ({ data: codes.slice(end, (end += rows * rowBytes)) }));
}

function embedCase(
  format: MatrixFormat,
  columns: number,
  ids: readonly number[],
  part: Pick<EmbedSpec, 'rows' | 'rowStart' | 'parts'>,
  size = 1,
): KernelCase {
  const spec: EmbedSpec = { format, columns, ...part };
  const { parts = [part.rows] } = part;
  return {
    name: `embed ${format} ${parts.join('+')}x${columns} from ${part.rowStart}, ids ${ids.join(' ')}${size > 1 ? ` of ±${size}` : ''}`,
    async run(gpu) {
      const table = packMatrix(format, randomValues(columns, part.rows * columns, size), part.rows, columns);
      const m = ids.length + extraRows;
      const before = randomValues(7, m * columns, size);
      const [x] = await runKernel(
        gpu,
        embedKernel(spec, gpu.capabilities),
        [
          ...splitRows(table.codes, parts),
          { data: table.scales },
          { data: Uint32Array.from({ length: m }, (_, t) => ids[t] ?? part.rowStart) },
          { data: Uint32Array.of(ids.length, 0, 0, 0) },
          { data: padRows(before, m, columns), isOutput: true },
        ],
        embedWorkgroups(spec, m),
      );
      return judge(unpadRows(x!, m, columns), embedReference(spec, table.values, ids, before), 0);
    },
  };
}

const formats: readonly MatrixFormat[] = ['f32', 'f16', 'q8', 'q4'];

const embedCases = formats.flatMap((format) => [
  embedCase(format, 50, [4, 0, 4, 3], { rows: 5, rowStart: 0 }),
  embedCase(format, 32, [9, 10, 11, 12, 0xffffffff, 0], { rows: 2, rowStart: 10 }),
  embedCase(format, 50, [19, 11, 12, 13, 16, 17, 10], { rows: 8, rowStart: 11, parts: [2, 1, 3, 2] }),
  embedCase(format, 2100, [1], { rows: 3, rowStart: 0 }, 5000),
]);

function gatherCase(width: number, groupRows: number, index: readonly number[]): KernelCase {
  return {
    name: `gather rows of ${width}, groups of ${groupRows} at ${index.join(' ')}`,
    async run(gpu) {
      const count = index.length * groupRows;
      const rows = randomValues(3, count * width);
      const before = randomValues(4, (count + extraRows) * width);
      const [out] = await runKernel(
        gpu,
        gatherRowsKernel({ width, groupRows }),
        [
          { data: padRows(rows, count, width) },
          { data: Uint32Array.from(index) },
          { data: Uint32Array.of(count, 0, 0, 0) },
          { data: padRows(before, count + extraRows, width), isOutput: true },
        ],
        gatherRowsWorkgroups({ width, groupRows }, count + extraRows),
      );
      const expected = gatherRowsReference(width, groupRows, rows, index, before);
      return judge(unpadRows(out!, count + extraRows, width), expected, 0);
    },
  };
}

export const tokenCases: readonly KernelCase[] = [
  ...embedCases,
  gatherCase(50, 4, [2, 0, 3, 1]),
  gatherCase(300, 1, [4, 1, 3, 0, 2]),
  gatherCase(7, 4, [0]),
];
