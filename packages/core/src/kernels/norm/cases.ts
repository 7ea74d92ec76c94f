/** Cases of RMSNorm: odd widths, merged rows, tiny and large values, a row of zeros. */
import { createRandom } from '../../support/random.ts';
import { rmsNormReference } from '../linear/reference.ts';
import { judge, runKernel, type KernelCase } from '../testing/harness.ts';
import { padRows, unpadRows } from '../testing/matrix.ts';
import { rmsNormKernel, rmsNormWorkgroups } from './rmsNorm.ts';

const shapes = [
  { rows: 1, width: 2048, size: 1 },
  { rows: 3, width: 50, size: 5000 },
  { rows: 65, width: 96, size: 1e-3 },
  { rows: 12, width: 1280, size: 5000, merge: 4 },
  { rows: 8, width: 24, size: 1, merge: 4 },
  { rows: 9, width: 7, size: 1, merge: 9 },
] as const;

export const normCases: readonly KernelCase[] = shapes.map((shape) => {
  const { rows, width, size } = shape;
  const merge = 'merge' in shape ? shape.merge : 1;
  return {
    name: `rmsNorm ${rows} rows of ${width}, ±${size}${merge > 1 ? `, ${merge} rows in one` : ''}`,
    async run(gpu) {
      const random = createRandom(rows * width);
      const x = Float32Array.from({ length: rows * width }, () => size * (2 * random.next() - 1));
      if (rows > 1) x.fill(0, width, 2 * width);
      const weight = Float32Array.from({ length: width }, () => 2 * random.next());
      const eps = 1e-6;
      const merged = { rows: rows / merge, width: merge * width };
      const out = padRows(new Float32Array(rows * width), merged.rows, merged.width);
      const [actual] = await runKernel(
        gpu,
        rmsNormKernel({ width, eps, merge }),
        [
          { data: padRows(x, rows, width) },
          { data: weight },
          { data: Uint32Array.of(rows, 0, 0, 0) },
          { data: out, isOutput: true },
        ],
        rmsNormWorkgroups(rows),
      );
      return judge(unpadRows(actual!, merged.rows, merged.width), rmsNormReference(x, weight, eps), 1e-6);
    },
  };
});
