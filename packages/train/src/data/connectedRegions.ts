/** Regions of a mask: which of its cells belong together. */

/** Indices of the cells of each region of non-zero cells, row-major; cells that touch at an edge or a corner are one region. */
export function connectedRegions(mask: Uint8Array, width: number): Int32Array[] {
  const height = mask.length / width;
  const isLeft = Uint8Array.from(mask, (value) => (value === 0 ? 0 : 1));
  // Every cell is queued once, and those of one region one after another.
  const queue = new Int32Array(isLeft.reduce((sum, value) => sum + value, 0));
  const regions: Int32Array[] = [];
  let end = 0;
  for (let start = isLeft.indexOf(1); start >= 0; start = isLeft.indexOf(1, start + 1)) {
    const from = end;
    queue[end++] = start;
    isLeft[start] = 0;
    for (let next = from; next < end; next++) {
      const x = queue[next]! % width;
      const y = (queue[next]! - x) / width;
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          const cell = row * width + column;
          if (isLeft[cell] === 0) continue;
          isLeft[cell] = 0;
          queue[end++] = cell;
        }
      }
    }
    regions.push(queue.subarray(from, end));
  }
  return regions;
}
