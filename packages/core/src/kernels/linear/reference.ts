/**
 * Linear layers in float64, the slow and obvious way: what the linear kernels are held to. Matrices are [rows, columns]
 * row-major (weights [out, in]), without padding.
 */

/** x [m, columns] · weightsᵀ + bias, as [m, rows]. */
export function linearReference(
  x: ArrayLike<number>,
  weights: ArrayLike<number>,
  columns: number,
  bias: ArrayLike<number> | null = null,
): Float64Array {
  const m = x.length / columns;
  const rows = weights.length / columns;
  const y = new Float64Array(m * rows);
  for (let i = 0; i < m; i++) {
    for (let row = 0; row < rows; row++) {
      let sum = bias ? bias[row]! : 0;
      for (let k = 0; k < columns; k++) sum += x[i * columns + k]! * weights[row * columns + k]!;
      y[i * rows + row] = sum;
    }
  }
  return y;
}

/** Every row of x [m, width] over the root of its mean square, times `weight`. */
export function rmsNormReference(x: ArrayLike<number>, weight: ArrayLike<number>, eps: number): Float64Array {
  const width = weight.length;
  const y = new Float64Array(x.length);
  for (let start = 0; start < x.length; start += width) {
    let squares = 0;
    for (let k = 0; k < width; k++) squares += x[start + k]! ** 2;
    const factor = 1 / Math.sqrt(squares / width + eps);
    for (let k = 0; k < width; k++) y[start + k] = x[start + k]! * factor * weight[k]!;
  }
  return y;
}

/** silu(gate) * up of rows [gate, up], each `rows` wide: [m, 2 * rows] to [m, rows]. */
export function gatedSiluReference(y: ArrayLike<number>, rows: number): Float64Array {
  return Float64Array.from({ length: y.length / 2 }, (_, at) => {
    const i = Math.floor(at / rows);
    const gate = y[i * 2 * rows + (at % rows)]!;
    return (gate / (1 + Math.exp(-gate))) * y[i * 2 * rows + rows + (at % rows)]!;
  });
}

/**
 * One head turned in place by Hugging Face's rotate_half: elements i and i + half by the angle whose cosine and sine are
 * at 2i of `angles`.
 */
export function rotateHalfReference(head: Float64Array, angles: ArrayLike<number>): void {
  const half = head.length / 2;
  for (let i = 0; i < half; i++) {
    const [cos, sin] = [angles[2 * i]!, angles[2 * i + 1]!];
    const [a, b] = [head[i]!, head[i + half]!];
    head[i] = a * cos - b * sin;
    head[i + half] = b * cos + a * sin;
  }
}
