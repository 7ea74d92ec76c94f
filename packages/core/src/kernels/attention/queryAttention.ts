/**
 * The kernel that prefill and vision attention share: many queries a head, each seeing a range of tokens. What differs
 * comes in as WGSL functions. Adapters on the processor get the form without barriers, GPUs the tiled one.
 */
import type { Capabilities } from '../capabilities.ts';
import type { BindingKind, Kernel, Workgroups } from '../kernel.ts';
import { each, laneAttention, writeLane, type LaneTile } from './lanes.ts';
import { tileAttention, tileInvocations, tileMemory, tileSize, tileWriter } from './tiles.ts';

export interface QueryAttention {
  readonly label: string;
  readonly headDim: number;
  readonly enable: string;
  readonly bindings: readonly BindingKind[];
  /** Bindings, among them `out: array<f32>`. */
  readonly declarations: string;
  /**
   * `query_count()`; `seen(query)` and `span(first query, last query)`, the tokens [x, y) that a query, or any of a
   * range of queries, sees; `query4(head, query, i)`, `key4(head, token, i)`, `value4(head, token, i)`, four values;
   * `out_at(head, query)`, where the result goes. `head` is the workgroup's y.
   */
  readonly functions: string;
}

/** On llvmpipe twice the speed of one query an invocation; four gain little more and take twice as long to compile. */
const laneTile: LaneTile = { queries: 2, keys: 4, tileKeys: 64 };
const lanes = 8;

export function queryAttentionKernel(spec: QueryAttention, { isSoftware }: Capabilities): Kernel {
  const { label, headDim, enable, bindings, declarations, functions } = spec;
  const queries = isSoftware ? lanes * laneTile.queries : tileSize;
  return {
    label,
    bindings,
    wgsl: `${enable}
${declarations}
${functions}
${isSoftware ? '' : tileMemory + tileWriter(headDim)}
@compute @workgroup_size(${isSoftware ? lanes : tileInvocations})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let head = workgroup.y;
  let count = query_count();
  let start = workgroup.x * ${queries}u;
  if (start >= count) { return; }
  let range = span(start, min(start + ${queries}u, count) - 1u);
  let first = range.x;
  let last = range.y;
  ${isSoftware ? laneMain(headDim) : tileAttention(headDim)}
}
`,
  };
}

function laneMain(headDim: number): string {
  return `
  ${each(laneTile.queries, (r) => `let query_${r} = min(start + ${r * lanes}u + lane, count - 1u);`)}
  ${laneAttention(headDim, laneTile)}
  ${each(
    laneTile.queries,
    (r) => `if (start + ${r * lanes}u + lane < count) {
    let share_${r} = select(0.0, 1.0 / sum_${r}, sum_${r} > 0.0);
    let to_${r} = out_at(head, query_${r});
    ${writeLane(headDim, r, `to_${r}`, `share_${r}`)}
  }`,
  )}`;
}

/** For `queries` queries of each of `heads` heads. */
export function queryAttentionWorkgroups(heads: number, queries: number, { isSoftware }: Capabilities): Workgroups {
  return [Math.ceil(queries / (isSoftware ? lanes * laneTile.queries : tileSize)), heads, 1];
}
