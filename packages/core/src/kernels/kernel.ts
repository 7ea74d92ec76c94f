/**
 * A compute kernel as plain data. Kernel families (linear, attention, …) build these from shapes and capabilities; the
 * engine compiles each once, binds buffers once and records dispatches. Shape constants are baked into the WGSL.
 */

/** How group 0 binds a buffer: storage read-only, storage read-write, or uniform. */
export type BindingKind = 'read' | 'readWrite' | 'uniform';

export interface Kernel {
  /** For error messages and captures, e.g. `gemv q4 2048x11008 gatedSilu`. */
  readonly label: string;
  /** A complete module with an entry point `main`; `enable` directives first. */
  readonly wgsl: string;
  /** Binding i of group 0 is of kind `bindings[i]`. At most 8 storage buffers: more is not guaranteed everywhere. */
  readonly bindings: readonly BindingKind[];
}

/** Workgroup counts of a dispatch; each at most 65535. */
export type Workgroups = readonly [x: number, y: number, z: number];

/** Spreads `count` workgroups over x and y where they exceed one dimension; the kernel folds them back and checks. */
export function spreadWorkgroups(count: number): Workgroups {
  if (count <= 65535) return [count, 1, 1];
  const y = Math.ceil(count / 65535);
  return [Math.ceil(count / y), y, 1];
}
