/**
 * One split of decode attention by one workgroup of a GPU, for up to 8 query heads of a key-value head at once. Scores:
 * 8 neighbouring invocations read one token's key together, each a share of its vectors, for all heads. Online softmax:
 * 16 invocations a head. Weighted values: neighbouring invocations read neighbouring vectors of a token, for all heads.
 */
import { headVectors } from './cache.ts';
import { each, hidden } from './lanes.ts';

export const groupInvocations = 128;
/** Query heads of a workgroup. */
export const groupHeads = 8;

const parts = 8;
const tokensAtOnce = groupInvocations / parts;
const tileKeys = 64;
const perHead = groupInvocations / groupHeads;

/** Invocations that share the tokens of a tile, for one vector of the values. */
const tokenGroups = (vectors: number) => Math.min(8, Math.floor(groupInvocations / vectors));

export function groupMemory(headDim: number): string {
  const vectors = headVectors(headDim);
  if (vectors > 64) throw new Error(`decode attention takes heads of up to 256 values, not ${headDim}`);
  return `
var<workgroup> query: array<vec4<f32>, ${groupHeads * vectors}>; // [head][vector], later sums of values
var<workgroup> dots: array<f32, ${groupInvocations * (groupHeads + 1)}>; // [token][part][head], padded
var<workgroup> scores: array<f32, ${groupHeads * (tileKeys + 1)}>; // [head][token], padded
var<workgroup> reduced: array<f32, ${groupInvocations}>; // [head][invocation]
var<workgroup> scales: array<f32, ${groupHeads}>;
fn group_total(vector: u32, groups: u32) -> vec4<f32> {
  var total = vec4<f32>();
  for (var g = 0u; g < groups; g++) {
    let at = (g * ${vectors}u + vector) * ${groupHeads + 1}u;
    total += vec4<f32>(dots[at], dots[at + 1u], dots[at + 2u], dots[at + 3u]);
  }
  return total;
}`;
}

/** Declares `name`: the `own` of the 16 invocations of a head put together. */
function acrossHead(name: string, own: string, operation: (a: string, b: string) => string): string {
  return `
  workgroupBarrier();
  reduced[lane] = ${own};
  workgroupBarrier();
  var ${name} = reduced[slot * ${perHead}u];
  for (var i = 1u; i < ${perHead}u; i++) { ${name} = ${operation(name, `reduced[slot * ${perHead}u + i]`)}; }`;
}

/**
 * The statements of `main` after `first`, `last` (tokens), `kv_head`, `first_head` and `head_count` (at most `headCount`,
 * which is at most 8) are set, all uniform. The module has `query4(head, i)`, `key4`, `value4`, `write_part(split, head, i, value, top, sum)`, called for
 * each vector i, and the memory above.
 */
export function groupAttention(headDim: number, headCount: number): string {
  const vectors = headVectors(headDim);
  const groups = tokenGroups(vectors);
  const heads = (line: (h: number) => string) => each(headCount, line);
  return `
  for (var n = lane; n < ${groupHeads * vectors}u; n += ${groupInvocations}u) {
    let h = n / ${vectors}u;
    query[n] = select(vec4<f32>(), query4(first_head + min(h, head_count - 1u), n % ${vectors}u), h < head_count);
  }
  let slot = lane / ${perHead}u;
  let place = lane % ${perHead}u;
  let part = lane % ${parts}u;
  let vector = lane % ${vectors}u;
  let token_group = lane / ${vectors}u;
  var top = f32(${hidden});
  var partial_sum = 0.0;
  ${heads((h) => `var acc_${h} = vec4<f32>();`)}
  for (var tile = first; tile < last; tile += ${tileKeys}u) {
    let count = min(last - tile, ${tileKeys}u);
    for (var key = 0u; key < count; key += ${tokensAtOnce}u) {
      workgroupBarrier();
      ${heads((h) => `var dot_${h} = 0.0;`)}
      let token = min(tile + key + lane / ${parts}u, last - 1u);
      for (var i = part; i < ${vectors}u; i += ${parts}u) {
        let k = key4(kv_head, token, i);
        ${heads((h) => `dot_${h} += dot(k, query[${h * vectors}u + i]);`)}
      }
      ${heads((h) => `dots[lane * ${groupHeads + 1}u + ${h}u] = dot_${h};`)}
      workgroupBarrier();
      // Invocation (token, head) adds up the parts.
      let at = lane / ${groupHeads}u * ${parts * (groupHeads + 1)}u + lane % ${groupHeads}u;
      var score = 0.0;
      for (var i = 0u; i < ${parts}u; i++) { score += dots[at + i * ${groupHeads + 1}u]; }
      scores[lane % ${groupHeads}u * ${tileKeys + 1}u + key + lane / ${groupHeads}u] = score;
    }
    workgroupBarrier();
    var own_top = f32(${hidden});
    for (var key = place; key < count; key += ${perHead}u) {
      own_top = max(own_top, scores[slot * ${tileKeys + 1}u + key]);
    }
    ${acrossHead('largest', 'own_top', (a, b) => `max(${a}, ${b})`)}
    let next = max(top, largest);
    let scale = exp(top - next);
    top = next;
    partial_sum *= scale;
    for (var key = place; key < count; key += ${perHead}u) {
      let at = slot * ${tileKeys + 1}u + key;
      let weight = exp(scores[at] - top);
      scores[at] = weight;
      partial_sum += weight;
    }
    if (place == 0u) { scales[slot] = scale; }
    workgroupBarrier();
    if (token_group < ${groups}u) {
      ${heads((h) => `acc_${h} *= scales[${h}];`)}
      for (var key = token_group; key < count; key += ${groups}u) {
        let v = value4(kv_head, tile + key, vector);
        ${heads((h) => `acc_${h} = fma(vec4<f32>(scores[${h * (tileKeys + 1)}u + key]), v, acc_${h});`)}
      }
    }
  }
  ${acrossHead('sum', 'partial_sum', (a, b) => `${a} + ${b}`)}
  // The values of all token groups, head by head, in place of the queries.
  let used_groups = min(last - first, ${groups}u);
  ${heads(
    (h) => `workgroupBarrier();
  ${each(4, (j) => `dots[lane * ${groupHeads + 1}u + ${j}u] = acc_${h}.${'xyzw'[j]};`)}
  workgroupBarrier();
  if (lane < ${vectors}u) { query[${h * vectors}u + lane] = group_total(lane, used_groups); }`,
  )}
  workgroupBarrier();
  if (slot < head_count) {
    for (var i = place; i < ${vectors}u; i += ${perHead}u) {
      write_part(workgroup.x, first_head + slot, i, query[slot * ${vectors}u + i], top, sum);
    }
  }`;
}
