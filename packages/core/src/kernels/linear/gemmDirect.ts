/**
 * Matrix product without workgroup memory or barriers, for adapters that run on the processor: there every load costs far
 * more than a product, loads of several columns cost as much as those columns one by one, and unrolled code compiles for
 * seconds. Every invocation keeps a tile of outputs in registers; neighbours own neighbouring matrix rows. The rows of x
 * are the same for all: with subgroups 4 neighbours load 4 columns and hand them around (subgroups have at least 4
 * invocations everywhere), without them everyone loads them.
 */
import type { Capabilities } from '../capabilities.ts';
import type { Kernel, Workgroups } from '../kernel.ts';
import { groupSize, passFields, rowStride } from '../layout.ts';
import { gemmBindings, gemmEpilogue, rowsPerOutput, type GemmSpec } from './gemmSpec.ts';
import { weightReader } from './weights.ts';

/** Invocations of a workgroup. */
const lanes = 8;

interface DirectTile {
  /** Rows of x an invocation works on. */
  readonly rows: number;
  /** Matrix rows an invocation works on; even. */
  readonly matrixRows: number;
}

/**
 * Unquantised weights are more loads a column, which more rows of x have to pay for. That takes two to three times as long
 * to compile, too long for small matrices.
 */
function directTile({ format, rows, columns }: GemmSpec): DirectTile {
  const isQuantised = format === 'q4' || format === 'q8';
  return { rows: isQuantised || rows * columns < 2 ** 20 ? 4 : 8, matrixRows: 4 };
}

const each = (count: number, code: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => code(i)).join('\n');

export function gemmDirectKernel(spec: GemmSpec, { tier }: Capabilities, tile = directTile(spec)): Kernel {
  const { format, rows, columns, epilogue } = spec;
  const hasSubgroups = tier > 0;
  const reader = weightReader(format, columns, tier);
  const step = Math.max(4, reader.wordColumns); // columns of one turn of the inner loop
  const words = step / reader.wordColumns;
  const perOutput = rowsPerOutput(spec);
  const outputs = tile.matrixRows / perOutput;
  // Matrix row j of an invocation belongs to output j % outputs; gatedSilu's up rows follow its gate rows.
  const loadWeights = (j: number) => {
    const names = Array.from({ length: words }, (_, i) => `word${j}_${i}`);
    const loads = names.map((name, i) => `let ${name} = loadWord(row${j}, column / ${reader.wordColumns}u + ${i}u);`);
    const quads = reader.quads(names, `scale${j}`).map((quad, q) => `let w${j}_${q} = ${quad};`);
    return [...loads, ...quads].join('\n');
  };
  const loadX = (i: number) =>
    each(step / 4, (q) =>
      hasSubgroups
        ? `let x${i}_${q} = x[x${i} + column + ${4 * q}u + (neighbour & 3u)];`
        : `let x${i}_${q} = x[(x${i} + column) / 4u + ${q}u];`,
    );
  const xValue = (i: number, c: number) => {
    const quad = `x${i}_${Math.floor(c / 4)}`;
    return hasSubgroups ? `subgroupBroadcast(${quad}, ${c % 4}u)` : `${quad}[${c % 4}]`;
  };
  const addProducts = (c: number) =>
    each(tile.rows, (i) => {
      const sums = (j: number) =>
        `sum${i}_${j} = fma(w${j}_${Math.floor(c / 4)}[${c % 4}], x${i}_c${c}, sum${i}_${j});`;
      return `let x${i}_c${c} = ${xValue(i, c)};\n${each(tile.matrixRows, sums)}`;
    });
  const finish = (i: number, j: number) => {
    const sums = Array.from({ length: perOutput }, (_, p) => `sum${i}_${j + p * outputs}`).join(', ');
    const isInside = `firstRow + ${i}u < rows && firstOutput + ${j * lanes}u < ${rows}u`;
    return `if (${isInside}) { finish(firstRow + ${i}u, firstOutput + ${j * lanes}u, ${sums}); }`;
  };
  return {
    label: `gemm ${format} ${rows}x${columns} ${epilogue}`,
    bindings: ['read', 'read', 'read', 'read', 'read', 'readWrite'],
    wgsl: `${reader.enables}${hasSubgroups ? 'enable subgroups;' : ''}
${reader.declarations('words')}
${gemmBindings(spec, hasSubgroups ? 'f32' : 'vec4<f32>')}
${gemmEpilogue(spec)}
@compute @workgroup_size(${lanes})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
  ${hasSubgroups ? '@builtin(subgroup_invocation_id) neighbour: u32,' : ''}
) {
  let rows = pass_[${passFields.rows}u];
  let firstRow = group.y * ${tile.rows}u;
  // Past the last row or output the last one is computed again and dropped.
${each(tile.rows, (i) => `let x${i} = min(firstRow + ${i}u, rows - 1u) * ${rowStride(columns)}u;`)}
  let firstOutput = group.x * ${outputs * lanes}u + lane;
${each(tile.matrixRows, (j) => {
  const first = j < outputs ? 0 : rows;
  return `let row${j} = min(firstOutput + ${(j % outputs) * lanes}u, ${rows - 1}u) + ${first}u;`;
})}
${each(tile.rows, (i) => each(tile.matrixRows, (j) => `var sum${i}_${j} = 0.0;`))}
  // Not a constant, so that no compiler unrolls short loops into pages of code.
  let blocks = select(0u, ${rowStride(columns) / groupSize}u, firstRow < rows);
  for (var block = 0u; block < blocks; block++) {
${each(tile.matrixRows, (j) => `let scale${j} = groupScale(row${j}, block);`)}
    for (var column = block * ${groupSize}u; column < min(block + 1u, blocks) * ${groupSize}u; column += ${step}u) {
${each(tile.matrixRows, loadWeights)}
${each(tile.rows, loadX)}
${each(step, addProducts)}
    }
  }
${each(tile.rows, (i) => each(outputs, (j) => finish(i, j)))}
}
`,
  };
}

export function gemmDirectWorkgroups(spec: GemmSpec, m: number, tile = directTile(spec)): Workgroups {
  const outputs = tile.matrixRows / rowsPerOutput(spec);
  return [Math.ceil(spec.rows / (outputs * lanes)), Math.ceil(m / tile.rows), 1];
}
