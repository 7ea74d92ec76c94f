/** What the kernels that move rows must give, on rows without padding. */
import type { EmbedSpec } from './embed.ts';

type Rows = Float32Array;

/** `before` with row t replaced by the table's row of ids[t] where this part holds it. */
export function embedReference(spec: EmbedSpec, table: Rows, ids: readonly number[], before: Rows): Rows {
  const { rows, rowStart, columns } = spec;
  const out = before.slice();
  ids.forEach((id, t) => {
    const row = id - rowStart;
    if (row >= 0 && row < rows) out.set(table.subarray(row * columns, (row + 1) * columns), t * columns);
  });
  return out;
}

/** `before` with its first groups of rows replaced by those of `index`. */
export function gatherRowsReference(
  width: number,
  groupRows: number,
  rows: Rows,
  index: readonly number[],
  before: Rows,
): Rows {
  const out = before.slice();
  const size = groupRows * width;
  index.forEach((from, group) => out.set(rows.subarray(from * size, (from + 1) * size), group * size));
  return out;
}
