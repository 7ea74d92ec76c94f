/**
 * How matrices and vectors lie on the GPU: which rows of which tensors make a buffer. Pure numbers. A matrix above the
 * binding limit is held in parts, each a smaller matrix of its own; `gate` and `up` are paired part by part.
 */
import type { Capabilities } from '../kernels/capabilities.ts';
import { matrixBytes, rowStride, type MatrixFormat } from '../kernels/layout.ts';
import { elementCount } from '../model/safetensors.ts';
import type { EncodedTensorInfo } from '../model/weightSource.ts';
import { UserError } from '../support/userError.ts';
import { megabytes } from './gpuMemory.ts';

export interface RowRange {
  readonly tensor: string;
  readonly start: number;
  readonly end: number;
}

export interface MatrixPart {
  /** `<name>.codes` is a buffer, `<name>.scales` (only for formats with scales) a range of the matrix's. */
  readonly name: string;
  /** Outputs: rows, or pairs of rows. */
  readonly rows: number;
  /** Where its outputs begin. */
  readonly outStart: number;
  /** Rows in the order they lie in the buffer. */
  readonly sources: readonly RowRange[];
  readonly bytes: { readonly codes: number; readonly scales: number };
}

export interface MatrixPlan {
  /** `<name>.scales` is a buffer with the scales of all parts. */
  readonly name: string;
  readonly format: MatrixFormat;
  /** Outputs of the whole matrix. */
  readonly rows: number;
  readonly columns: number;
  readonly parts: readonly MatrixPart[];
}

export type TensorTable = ReadonlyMap<string, EncodedTensorInfo>;

/** Output rows of a part are a multiple of this where the matrix is split: then its scales begin where they can be bound. */
const partStep = 128;

/**
 * The matrix of `tensors` one below the other, or with `isPaired` of a gate and an up tensor; `isWhole` ones cannot be
 * split. Throws UserErrors for tensors that do not go together or do not fit.
 */
export function planMatrix(
  name: string,
  tensors: readonly string[],
  table: TensorTable,
  capabilities: Capabilities,
  options: { readonly isPaired?: boolean; readonly isWhole?: boolean } = {},
): MatrixPlan {
  const { isPaired = false, isWhole = false } = options;
  const infos = tensors.map((tensor) => {
    const info = table.get(tensor);
    if (!info) throw unusable(tensor, 'The model has no such tensor.');
    return { tensor, rows: info.shape[0]!, columns: elementCount(info.shape.slice(1)), scheme: info.scheme };
  });
  const { scheme: format, columns } = infos[0]!;
  const other = infos.find((info) => info.scheme !== format || info.columns !== columns);
  if (other) throw unusable(other.tensor, `It is stored as ${other.scheme}, ${tensors[0]} as ${format}.`);
  const rows = isPaired ? infos[0]!.rows : infos.reduce((sum, info) => sum + info.rows, 0);
  const perOutput = isPaired ? 2 : 1;
  const limit = Math.min(capabilities.maxBindingBytes, capabilities.maxBufferBytes);
  const fitting = Math.floor(limit / matrixBytes(format, perOutput, columns).codes);
  const step = rows <= fitting ? rows : evenStep(rows, fitting);
  if (step === 0 || (isWhole && step < rows)) throw tooLarge(name, matrixBytes(format, rows, columns).codes, limit);

  const parts: MatrixPart[] = [];
  for (let start = 0; start < rows; start += step) {
    const end = Math.min(rows, start + step);
    const count = end - start;
    const sources = isPaired
      ? infos.map(({ tensor }) => ({ tensor, start, end }))
      : overlap(infos, start, end).filter((range) => range.end > range.start);
    parts.push({
      name: `${name}.${parts.length}`,
      rows: count,
      outStart: start,
      sources,
      bytes: matrixBytes(format, perOutput * count, columns),
    });
  }
  return { name, format, rows, columns, parts };
}

/** Rows of each of several parts of much the same size; 0 when a single step of rows does not fit. */
function evenStep(rows: number, fitting: number): number {
  const largest = Math.floor(fitting / partStep) * partStep;
  if (largest === 0) return 0;
  return Math.ceil(rows / Math.ceil(rows / largest) / partStep) * partStep;
}

function overlap(infos: readonly { tensor: string; rows: number }[], start: number, end: number): RowRange[] {
  let first = 0;
  return infos.map(({ tensor, rows }) => {
    const own = first;
    first += rows;
    return { tensor, start: Math.max(0, start - own), end: Math.min(rows, end - own) };
  });
}

/** Small f32 values that kernels read as one binding. */
export interface VectorPlan {
  readonly name: string;
  /** Ranges of vectors (one value a row) and the place of their first value. */
  readonly pieces: readonly (RowRange & { readonly at: number })[];
  /** Values, the gaps being zero. */
  readonly length: number;
}

/** A norm weight padded to whole groups, then the biases of `tensors`; either may be absent. */
export function planVector(
  name: string,
  norm: { readonly tensor: string; readonly width: number } | null,
  biases: readonly RowRange[],
): VectorPlan {
  let length = norm ? rowStride(norm.width) : 0;
  const pieces: (RowRange & { at: number })[] = norm ? [{ tensor: norm.tensor, start: 0, end: norm.width, at: 0 }] : [];
  for (const bias of biases) {
    pieces.push({ ...bias, at: length });
    length += bias.end - bias.start;
  }
  return { name, pieces, length };
}

/** The biases of a part: those of its rows. */
export function biasRanges(part: MatrixPart): RowRange[] {
  return part.sources.map((range) => ({ ...range, tensor: range.tensor.replace(/\.weight$/, '.bias') }));
}

function unusable(subject: string, reason: string): UserError {
  return new UserError({
    code: 'model-weights',
    subject: `tensor ${subject}`,
    reason,
    remedy: 'Convert the checkpoint again.',
  });
}

function tooLarge(name: string, bytes: number, limit: number): UserError {
  return new UserError({
    code: 'adapter-limits',
    subject: 'The graphics device',
    reason: `binds at most ${megabytes(limit)} at once (maxStorageBufferBindingSize); ${name} has ${megabytes(bytes)}.`,
    remedy: 'Use a model with smaller matrices, or another device.',
  });
}
