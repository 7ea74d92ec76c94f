/**
 * Matrix product for hardware: a workgroup makes a tile of outputs; of every 32 columns it stages the rows of x and the
 * matrix rows, dequantised once, in workgroup memory (at most 16 KiB), and each invocation keeps a part of the tile in
 * registers.
 */
import type { Capabilities } from '../capabilities.ts';
import type { Kernel, Workgroups } from '../kernel.ts';
import { groupSize, passFields, rowStride } from '../layout.ts';
import { gemmBindings, gemmEpilogue, rowsPerOutput, type GemmSpec } from './gemmSpec.ts';
import { unitWords, weightReader } from './weights.ts';

interface WorkgroupTile {
  /** Rows of x and matrix rows of a workgroup. */
  readonly rows: number;
  readonly matrixRows: number;
  /** Rows of x and matrix rows of an invocation; the latter even. */
  readonly ownRows: number;
  readonly ownMatrixRows: number;
}

const workgroupTile: WorkgroupTile = { rows: 32, matrixRows: 64, ownRows: 4, ownMatrixRows: 4 };

const quads = groupSize / 4;

const each = (count: number, code: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => code(i)).join('\n');

export function gemmTiledKernel(spec: GemmSpec, { tier }: Capabilities, tile = workgroupTile): Kernel {
  const { format, rows, columns, epilogue } = spec;
  const reader = weightReader(format, columns, tier);
  const perOutput = rowsPerOutput(spec);
  const across = tile.matrixRows / tile.ownMatrixRows;
  const threads = across * (tile.rows / tile.ownRows);
  const outputs = tile.matrixRows / perOutput;
  const ownOutputs = tile.ownMatrixRows / perOutput;
  // Quantised rows are read word by word, so that all invocations take part; wider ones 16 bytes at a time.
  const readsWords = reader.scaleKind !== 'none';
  const loadColumns = readsWords ? reader.wordColumns : 4 * reader.wordColumns;
  const loads = groupSize / loadColumns;
  // Row r keeps its quad q at q ^ (r % 8): neighbours reading the same quad of neighbouring rows hit different banks.
  const place = (row: string, quad: string) => `(${row}) * ${quads}u + ((${quad}) ^ ((${row}) & 7u))`;
  const loaded = reader.quads(readsWords ? ['load'] : unitWords('load'), 'scale');
  const products = (i: number) =>
    each(tile.ownMatrixRows, (j) =>
      ['x', 'y', 'z', 'w'].map((c) => `sum${i}_${j} = fma(w${j}.${c}, x${i}.${c}, sum${i}_${j});`).join(' '),
    );
  const finish = (i: number, j: number) => {
    const sums = Array.from({ length: perOutput }, (_, p) => `sum${i}_${j + p * ownOutputs}`).join(', ');
    const row = `firstRow + down + ${(i * tile.rows) / tile.ownRows}u`;
    const output = `firstOutput + along + ${j * across}u`;
    return `if (${row} < rows && ${output} < ${rows}u) { finish(${row}, ${output}, ${sums}); }`;
  };
  return {
    label: `gemm ${format} ${rows}x${columns} ${epilogue}`,
    bindings: ['read', 'read', 'read', 'read', 'read', 'readWrite'],
    wgsl: `${reader.enables}
${reader.declarations(readsWords ? 'words' : 'units')}
${gemmBindings(spec, 'vec4<f32>')}
${gemmEpilogue(spec)}
var<workgroup> xTile: array<vec4<f32>, ${tile.rows * quads}>;
var<workgroup> wTile: array<vec4<f32>, ${tile.matrixRows * quads}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let rows = pass_[${passFields.rows}u];
  let firstRow = group.y * ${tile.rows}u;
  let firstOutput = group.x * ${outputs}u;
  let along = lane % ${across}u;
  let down = lane / ${across}u;
${each(tile.ownRows, (i) => each(tile.ownMatrixRows, (j) => `var sum${i}_${j} = 0.0;`))}
  // Not a constant, so that no compiler unrolls short loops into pages of code.
  let blocks = select(0u, ${rowStride(columns) / groupSize}u, firstRow < rows);
  for (var block = 0u; block < blocks; block++) {
    // Past the last row or output the last one is taken again and its results are dropped.
    for (var i = lane; i < ${tile.rows * quads}u; i += ${threads}u) {
      let row = i / ${quads}u;
      let quad = i % ${quads}u;
      xTile[${place('row', 'quad')}] = x[min(firstRow + row, rows - 1u) * ${rowStride(columns) / 4}u + block * ${quads}u + quad];
    }
    for (var i = lane; i < ${tile.matrixRows * loads}u; i += ${threads}u) {
      let own = i / ${loads}u;
      let part = i % ${loads}u;
      let row = min(firstOutput + own % ${outputs}u, ${rows - 1}u) + own / ${outputs}u * ${rows}u;
      let load = ${readsWords ? 'loadWord' : 'loadUnit'}(row, block * ${loads}u + part);
      let scale = groupScale(row, block);
${each(loaded.length, (q) => `wTile[${place('own', `part * ${loaded.length}u + ${q}u`)}] = ${loaded[q]};`)}
    }
    workgroupBarrier();
    for (var quad = 0u; quad < ${quads}u; quad++) {
${each(tile.ownRows, (i) => `let x${i} = xTile[${place(`down + ${(i * tile.rows) / tile.ownRows}u`, 'quad')}];`)}
${each(tile.ownMatrixRows, (j) => `let w${j} = wTile[${place(`along + ${j * across}u`, 'quad')}];`)}
${each(tile.ownRows, products)}
    }
    workgroupBarrier();
  }
${each(tile.ownRows, (i) => each(ownOutputs, (j) => finish(i, j)))}
}
`,
  };
}

export function gemmTiledWorkgroups(spec: GemmSpec, m: number, tile = workgroupTile): Workgroups {
  return [Math.ceil(spec.rows / (tile.matrixRows / rowsPerOutput(spec))), Math.ceil(m / tile.rows), 1];
}
