/** For tests: rows of any weight source, and a model as the engine takes it. */
import { elementCount } from '../model/safetensors.ts';
import type { RowSource, WeightSource } from '../model/weightSource.ts';

/** Rows out of whole tensors; the last one read is kept. */
export function rowSource(source: WeightSource): RowSource {
  let last: { name: string; values: Promise<Float32Array> } | null = null;
  return {
    ...source,
    async readRows(name, start, end) {
      if (last?.name !== name) last = { name, values: source.read(name) };
      const columns = elementCount(source.tensors.get(name)!.shape.slice(1));
      return (await last.values).slice(start * columns, end * columns);
    },
  };
}
