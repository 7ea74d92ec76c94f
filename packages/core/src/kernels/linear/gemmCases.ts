/** Cases of the prefill matrix product: every format and epilogue at shapes that no tile divides. */
import { createRandom } from '../../support/random.ts';
import type { MatrixFormat } from '../layout.ts';
import { judge, runKernel, type KernelCase } from '../testing/harness.ts';
import { packMatrix, padRows, unpadRows } from '../testing/matrix.ts';
import { gemmKernel, gemmWorkgroups, type GemmSpec } from './gemm.ts';
import { gemmReference } from './gemmReference.ts';
import { rowsPerOutput } from './gemmSpec.ts';

interface GemmCase extends Partial<GemmSpec> {
  readonly m: number;
  readonly format: MatrixFormat;
  readonly rows: number;
  readonly columns: number;
  /** Largest magnitude of x; 1 by default. */
  readonly size?: number;
}

const formats = ['f32', 'f16', 'q8', 'q4'] as const;

const cases: readonly GemmCase[] = [
  ...formats.flatMap((format): GemmCase[] => [
    { m: 33, format, rows: 50, columns: 50, hasBias: true },
    { m: 65, format, rows: 50, columns: 96, epilogue: 'gatedSilu', hasBias: true },
  ]),
  { m: 1, format: 'q4', rows: 5, columns: 50, epilogue: 'residual' },
  { m: 3, format: 'q8', rows: 96, columns: 160, epilogue: 'gelu', hasBias: true },
  { m: 3, format: 'f32', rows: 1, columns: 1 },
  // Large enough for the tile of large matrices.
  { m: 9, format: 'f16', rows: 307, columns: 3420, epilogue: 'residual', hasBias: true },
  // A part of a matrix: its outputs lie between those of others.
  { m: 9, format: 'q4', rows: 37, columns: 864, outStart: 11, outWidth: 60 },
  { m: 5, format: 'f16', rows: 21, columns: 64, epilogue: 'gatedSilu', outStart: 29, outWidth: 50 },
  { m: 17, format: 'q4', rows: 70, columns: 100, size: 5000, epilogue: 'gatedSilu' },
  { m: 17, format: 'f16', rows: 70, columns: 100, size: 5000, epilogue: 'gelu' },
  { m: 17, format: 'q8', rows: 70, columns: 100, size: 5000, epilogue: 'residual', hasBias: true },
];

export const gemmCases: readonly KernelCase[] = cases.map((given) => {
  const { m, size = 1, ...shape } = given;
  const spec: GemmSpec = { epilogue: 'store', hasBias: false, outStart: 0, outWidth: shape.rows, ...shape };
  const { format, rows, columns, epilogue, outStart, outWidth } = spec;
  const place = outWidth > rows ? ` at ${outStart} of ${outWidth}` : '';
  const kind = `${epilogue}${spec.hasBias ? ' bias' : ''}${place}${size > 1 ? ` of ±${size}` : ''}`;
  return {
    name: `gemm ${format} ${m} rows, ${rows}x${columns} ${kind}`,
    async run(gpu) {
      const random = createRandom(m * rows + columns);
      const values = (count: number, scale: number) =>
        Float32Array.from({ length: count }, () => scale * (2 * random.next() - 1));
      const matrixRows = rows * rowsPerOutput(spec);
      const matrix = packMatrix(format, values(matrixRows * columns, 0.5), matrixRows, columns);
      const x = values(m * columns, size);
      const bias = spec.hasBias ? values(matrixRows, 2 * size) : null;
      const before = values(m * outWidth, size);
      const limit = Math.max(2e-6, 1e-7 * Math.sqrt(columns)); // rounding of f32 sums grows with their length
      const [out] = await runKernel(
        gpu,
        gemmKernel(spec, gpu.capabilities),
        [
          { data: matrix.codes },
          { data: matrix.scales },
          { data: padRows(x, m, columns) },
          { data: bias ?? new Float32Array(1) },
          { data: Uint32Array.of(m, 0, 0, 0) },
          { data: padRows(before, m, outWidth), isOutput: true },
        ],
        gemmWorkgroups(spec, m, gpu.capabilities),
      );
      return judge(unpadRows(out!, m, outWidth), gemmReference(spec, x, matrix.values, bias, before), limit);
    },
  };
});
