/**
 * Matrix product without workgroup memory or barriers: every invocation keeps a tile of outputs in registers, reads its
 * own matrix rows once and the rows of x, which are the same for all invocations of a workgroup. For adapters that run on
 * the processor, where uniform loads are cheap and barriers dear.
 */
import type { Capabilities } from '../capabilities.ts';
import { type Kernel, type Workgroups } from '../kernel.ts';
import { groupSize, passFields, rowStride } from '../layout.ts';
import { gemmBindings, gemmEpilogue, rowsPerOutput, type GemmSpec } from './gemmSpec.ts';
import { weightReader } from './weights.ts';

/** Invocations of a workgroup; neighbours own neighbouring outputs. */
const lanes = 8;

export interface DirectTile {
  /** Rows of x an invocation works on. */
  readonly rows: number;
  /** Matrix rows an invocation works on. */
  readonly matrixRows: number;
}

export const directTile: DirectTile = { rows: 8, matrixRows: 2 };

const each = (count: number, code: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => code(i)).join('\n');

export function gemmDirectKernel(spec: GemmSpec, { tier }: Capabilities, tile = directTile): Kernel {
  const { format, rows, columns, epilogue } = spec;
  const reader = weightReader(format, columns, tier);
  const perOutput = rowsPerOutput(spec);
  const outputs = tile.matrixRows / perOutput;
  const quadsPerRow = rowStride(columns) / 4;
  const quadsPerUnit = reader.unitColumns / 4;
  // Matrix row j of an invocation belongs to output j % outputs; gatedSilu's up rows follow its gate rows.
  const matrixRow = (j: number) => `output${j % outputs}${j < outputs ? '' : ` + ${rows}u`}`;
  const products = (quad: number) =>
    each(tile.rows, (i) => {
      const load = `let x${quad}_${i} = x[x${i} + quad + ${quad}u];`;
      const sums = each(tile.matrixRows, (j) => `sum${i}_${j} += dot(w${j}_${quad}, x${quad}_${i});`);
      return `${load}\n${sums}`;
    });
  return {
    label: `gemm ${format} ${rows}x${columns} ${epilogue}`,
    bindings: ['read', 'read', 'read', 'read', 'read', 'readWrite'],
    wgsl: `${reader.enables}
${reader.declarations(0, 1)}
${gemmBindings(spec)}
${gemmEpilogue(spec)}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let rows = pass_[${passFields.rows}u];
  let firstRow = group.y * ${tile.rows}u;
  if (firstRow >= rows) {
    return;
  }
  // Past the last row or output the last one is computed again and dropped.
${each(tile.rows, (i) => `let x${i} = min(firstRow + ${i}u, rows - 1u) * ${quadsPerRow}u;`)}
  let firstOutput = group.x * ${outputs * lanes}u + lane;
${each(outputs, (j) => `let output${j} = min(firstOutput + ${j * lanes}u, ${rows - 1}u);`)}
${each(tile.rows, (i) => each(tile.matrixRows, (j) => `var sum${i}_${j} = 0.0;`))}
  for (var block = 0u; block < ${rowStride(columns) / groupSize}u; block++) {
${each(tile.matrixRows, (j) => `let scale${j} = groupScale(${matrixRow(j)}, block);`)}
    for (var unit = block * ${groupSize / reader.unitColumns}u; unit < (block + 1u) * ${groupSize / reader.unitColumns}u; unit++) {
      let quad = unit * ${quadsPerUnit}u;
${each(tile.matrixRows, (j) => {
  const quads = reader.quads(`unit${j}`, `scale${j}`);
  return [`let unit${j} = loadUnit(${matrixRow(j)}, unit);`, ...quads.map((w, q) => `let w${j}_${q} = ${w};`)].join(
    '\n',
  );
})}
${each(quadsPerUnit, products)}
    }
  }
${each(tile.rows, (i) =>
  each(outputs, (j) => {
    const sums = Array.from({ length: perOutput }, (_, p) => `sum${i}_${j + p * outputs}`).join(', ');
    const isInside = `firstRow + ${i}u < rows && firstOutput + ${j * lanes}u < ${rows}u`;
    return `if (${isInside}) { finish(firstRow + ${i}u, output${j}, ${sums}); }`;
  }),
)}
}
`,
  };
}

export function gemmDirectWorkgroups(spec: GemmSpec, m: number, tile = directTile): Workgroups {
  const outputs = tile.matrixRows / rowsPerOutput(spec);
  return [Math.ceil(spec.rows / (outputs * lanes)), Math.ceil(m / tile.rows), 1];
}
