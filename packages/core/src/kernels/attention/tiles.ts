/**
 * Attention of a tile of queries by one workgroup of a GPU, the way of flash attention: scores of 32 queries and 32
 * tokens as a small matrix product out of workgroup memory, online softmax, then the weighted values in registers.
 * 64 invocations in a grid of 8 by 8; invocation (x, y) owns queries y + 8j, tokens x + 8j and vectors x + 8j.
 */
import { headVectors } from './cache.ts';
import { each, hidden } from './lanes.ts';

/** Queries of a workgroup, and tokens per softmax step. */
export const tileSize = 32;
export const tileInvocations = 64;

const side = 8;
const perSide = tileSize / side;
/** Vectors of a head staged at once, and the padded row of a staged tile (bank conflicts). */
const staged = 8;
const stagedRow = staged + 1;

export const tileMemory = `
var<workgroup> q_tile: array<vec4<f32>, ${tileSize * stagedRow}>;
var<workgroup> k_tile: array<vec4<f32>, ${tileSize * stagedRow}>;
var<workgroup> weights: array<f32, ${tileSize * (tileSize + 1)}>;
var<workgroup> shared_row: array<f32, ${tileSize * side}>;`;

/** Declares `name_j`, the `own(j)` of all 8 invocations of a row put together by way of workgroup memory. */
function acrossRow(name: string, own: (j: number) => string, operation: (a: string, b: string) => string): string {
  const rows = (line: (j: number, at: string) => string) =>
    each(perSide, (j) => line(j, `(y + ${j * side}u) * ${side}u`));
  return `
  workgroupBarrier();
  ${rows((j, at) => `shared_row[${at} + x] = ${own(j)};`)}
  workgroupBarrier();
  ${rows((j, at) => `var ${name}_${j} = shared_row[${at}];`)}
  for (var i = 1u; i < ${side}u; i++) {
    ${rows((j, at) => `${name}_${j} = ${operation(`${name}_${j}`, `shared_row[${at} + i]`)};`)}
  }`;
}

/**
 * The statements of `main` after `first`, `last` (tokens), `start` and `count` (queries) and `head` are set, all uniform.
 * The module has the functions of `queryAttentionKernel` and `tileMemory`.
 */
export function tileAttention(headDim: number): string {
  const vectors = headVectors(headDim);
  const own = Math.ceil(vectors / side);
  const loads = (tileSize * staged) / tileInvocations;
  const rows = (line: (j: number) => string) => each(perSide, line);
  const pairs = (line: (j: number, t: number) => string) => rows((j) => each(perSide, (t) => line(j, t)));
  return `
  let x = lane % ${side}u;
  let y = lane / ${side}u;
  ${rows(
    (j) => `let query_${j} = min(start + y + ${j * side}u, count - 1u);
  let seen_${j} = seen(query_${j});
  var top_${j} = f32(${hidden});
  var part_${j} = 0.0;
  ${each(own, (n) => `var acc_${j}_${n} = vec4<f32>();`)}`,
  )}
  for (var tile = first; tile < last; tile += ${tileSize}u) {
    ${pairs((j, t) => `var s_${j}_${t} = 0.0;`)}
    for (var block = 0u; block < ${vectors}u; block += ${staged}u) {
      workgroupBarrier();
      for (var n = 0u; n < ${loads}u; n++) {
        let row = (n * ${tileInvocations}u + lane) / ${staged}u;
        let i = block + lane % ${staged}u;
        let at = row * ${stagedRow}u + lane % ${staged}u;
        if (i < ${vectors}u) {
          q_tile[at] = query4(head, min(start + row, count - 1u), i);
          k_tile[at] = key4(head, min(tile + row, last - 1u), i);
        } else {
          q_tile[at] = vec4<f32>();
          k_tile[at] = vec4<f32>();
        }
      }
      workgroupBarrier();
      for (var i = 0u; i < ${staged}u; i++) {
        ${rows((j) => `let q_${j} = q_tile[(y + ${j * side}u) * ${stagedRow}u + i];`)}
        ${rows((t) => `let k_${t} = k_tile[(x + ${t * side}u) * ${stagedRow}u + i];`)}
        ${pairs((j, t) => `s_${j}_${t} += dot(q_${j}, k_${t});`)}
      }
    }
    ${rows((t) => `let token_${t} = tile + x + ${t * side}u;`)}
    // With && these are branches, over which SwiftShader's compiler takes minutes and gigabytes.
    ${pairs((j, t) => `let sees_${j}_${t} = (token_${t} < last) & (token_${t} >= seen_${j}.x) & (token_${t} < seen_${j}.y);`)}
    ${pairs((j, t) => `s_${j}_${t} = select(${hidden}, s_${j}_${t}, sees_${j}_${t});`)}
    ${acrossRow(
      'largest',
      (j) => Array.from({ length: perSide }, (_, t) => `s_${j}_${t}`).reduce((a, b) => `max(${a}, ${b})`),
      (a, b) => `max(${a}, ${b})`,
    )}
    ${rows(
      (j) => `let next_${j} = max(top_${j}, largest_${j});
    let scale_${j} = exp(top_${j} - next_${j});
    top_${j} = next_${j};
    part_${j} *= scale_${j};
    ${each(own, (n) => `acc_${j}_${n} *= scale_${j};`)}`,
    )}
    ${pairs(
      (j, t) => `let w_${j}_${t} = select(0.0, exp(s_${j}_${t} - top_${j}), sees_${j}_${t});
    weights[(y + ${j * side}u) * ${tileSize + 1}u + x + ${t * side}u] = w_${j}_${t};
    part_${j} += w_${j}_${t};`,
    )}
    workgroupBarrier();
    for (var key = 0u; key < min(last - tile, ${tileSize}u); key++) {
      ${rows((j) => `let weight_${j} = vec4<f32>(weights[(y + ${j * side}u) * ${tileSize + 1}u + key]);`)}
      ${each(
        own,
        (n) => `let v_${n} = value4(head, tile + key, min(x + ${n * side}u, ${vectors - 1}u));
      ${rows((j) => `acc_${j}_${n} = fma(weight_${j}, v_${n}, acc_${j}_${n});`)}`,
      )}
    }
  }
  ${acrossRow(
    'sum',
    (j) => `part_${j}`,
    (a, b) => `${a} + ${b}`,
  )}
  ${rows(
    (j) => `if (start + y + ${j * side}u < count) {
    let share_${j} = select(0.0, 1.0 / sum_${j}, sum_${j} > 0.0);
    let to_${j} = out_at(head, query_${j});
    ${each(own, (n) => `write_out(to_${j}, x + ${n * side}u, acc_${j}_${n} * share_${j});`)}
  }`,
  )}`;
}

/** Writes vector `i` of a head that begins at `at`; values past the head's end are dropped. */
export function tileWriter(headDim: number): string {
  return `
fn write_out(at: u32, i: u32, value: vec4<f32>) {
  for (var j = 0u; j < 4u; j++) {
    if (4u * i + j < ${headDim}u) { out[at + 4u * i + j] = value[j]; }
  }
}`;
}
