/**
 * Where every tensor of a container will lie, known before any weight is read: from names, shapes and schemes alone.
 * With it each chunk can be made by itself, so that a conversion that was cut off goes on with the next chunk.
 */
import type { ContainerTensor } from './containerManifest.ts';
import { storedLayout, type StoredLayout } from './weightSchemes.ts';
import type { EncodedTensorInfo, EncodedWeights } from './weightSource.ts';

export interface PlannedChunk {
  readonly path: string;
  readonly length: number;
}

export interface ContainerPlan {
  readonly tensors: readonly ContainerTensor[];
  readonly chunks: readonly PlannedChunk[];
  /** Every chunk but the last has this many bytes. */
  readonly chunkBytes: number;
}

/** Tensors one after the other in the order given, cut into chunks of `chunkBytes`. */
export function planContainer(tensors: ReadonlyMap<string, EncodedTensorInfo>, chunkBytes: number): ContainerPlan {
  let total = 0;
  const planned = Array.from(tensors, ([name, { shape, scheme }]): ContainerTensor => {
    const { byteLength: length } = storedLayout(scheme, shape);
    const [chunk, offset] = [Math.floor(total / chunkBytes), total % chunkBytes];
    total += length;
    return { name, shape, scheme, chunk, offset, length };
  });
  const chunks = Array.from({ length: Math.ceil(total / chunkBytes) }, (_, index) => ({
    path: `weights-${String(index).padStart(4, '0')}.bin`,
    length: Math.min(chunkBytes, total - index * chunkBytes),
  }));
  return { tensors: planned, chunks, chunkBytes };
}

/** Values encoded at a time: 8 MiB as float32. */
const batchValues = 2 * 1024 * 1024;

/**
 * Makes the bytes of one chunk. Chunks made in order read every weight about once: scales, which come behind a tensor's
 * codes, are kept meanwhile. `onRows` is told how many bytes of weights were encoded.
 */
export function createChunkMaker(plan: ContainerPlan, weights: EncodedWeights, onRows: (bytes: number) => void) {
  let kept: { readonly name: string; readonly bytes: Uint8Array; readonly known: Uint8Array } | null = null;

  const scalesOf = (name: string, { rows, rowScales }: StoredLayout) => {
    if (kept?.name !== name) kept = { name, bytes: new Uint8Array(rows * rowScales), known: new Uint8Array(rows) };
    return kept;
  };

  /** Encodes rows [start, end) in batches, keeps their scales and shows each batch of codes. */
  const readRows = async (
    tensor: ContainerTensor,
    start: number,
    end: number,
    use: (codes: Uint8Array, row: number) => void,
  ) => {
    const layout = storedLayout(tensor.scheme, tensor.shape);
    const step = Math.max(1, Math.floor(batchValues / Math.max(1, layout.columns)));
    for (let row = start; row < end; row += step) {
      const until = Math.min(end, row + step);
      const { codes, scales } = await weights.readRows(tensor.name, row, until);
      if (scales) {
        const own = scalesOf(tensor.name, layout);
        own.bytes.set(scales, row * layout.rowScales);
        own.known.fill(1, row, until);
      }
      onRows(codes.length + (scales?.length ?? 0));
      use(codes, row);
    }
  };

  /** Writes bytes [from, to) of the stored tensor to `out`, whose first byte is number `from`. */
  const fill = async (out: Uint8Array, tensor: ContainerTensor, from: number, to: number) => {
    const layout = storedLayout(tensor.scheme, tensor.shape);
    const { rows, rowCodes, rowScales, scalesAt } = layout;
    const codesEnd = Math.min(to, rows * rowCodes);
    if (from < codesEnd) {
      await readRows(tensor, Math.floor(from / rowCodes), Math.ceil(codesEnd / rowCodes), (codes, row) => {
        const at = row * rowCodes - from;
        out.set(codes.subarray(Math.max(0, -at), codesEnd - from - at), Math.max(0, at));
      });
    }
    if (rowScales === 0 || to <= scalesAt) return;
    const own = scalesOf(tensor.name, layout);
    // Rows encoded before a break are encoded again.
    for (let row = own.known.indexOf(0); row >= 0; row = own.known.indexOf(0, row)) {
      const next = own.known.indexOf(1, row);
      await readRows(tensor, row, next < 0 ? rows : next, () => {});
    }
    const first = Math.max(from, scalesAt);
    out.set(own.bytes.subarray(first - scalesAt, to - scalesAt), first - from);
  };

  return async (index: number): Promise<Uint8Array<ArrayBuffer>> => {
    const chunkStart = index * plan.chunkBytes;
    const out = new Uint8Array(plan.chunks[index]!.length);
    for (const tensor of plan.tensors) {
      const begin = tensor.chunk * plan.chunkBytes + tensor.offset;
      const from = Math.max(begin, chunkStart);
      const to = Math.min(begin + tensor.length, chunkStart + out.length);
      if (from < to) await fill(out.subarray(from - chunkStart), tensor, from - begin, to - begin);
    }
    return out;
  };
}
