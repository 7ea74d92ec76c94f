/**
 * The safetensors format: 8-byte little-endian header length, JSON header (name -> dtype, shape, data_offsets), data.
 * Only ranges are read, so files may be larger than memory; data may start at odd offsets. Every bound is checked.
 */
import { assert } from '../support/assert.ts';
import { bfloat16ToFloat32, float16ToFloat32 } from '../support/float16.ts';
import { isJsonObject, parseJsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import type { ByteSource, TensorInfo } from './weightSource.ts';

/** One tensor of a file; `begin` and `end` count from the start of the file. */
export interface SafetensorsEntry extends TensorInfo {
  readonly begin: number;
  readonly end: number;
}

interface Dtype {
  readonly bytes: number;
  /** `data` starts at an aligned offset of its own buffer. */
  decode(data: Uint8Array): Float32Array | Float64Array;
}

/** Storage types we read. Integers come as float64, which holds ids and positions exactly (to 2^53). */
const dtypes: { readonly [name: string]: Dtype } = {
  F32: { bytes: 4, decode: (data) => new Float32Array(data.buffer) },
  F16: { bytes: 2, decode: (data) => float16ToFloat32(new Uint16Array(data.buffer)) },
  BF16: { bytes: 2, decode: (data) => bfloat16ToFloat32(new Uint16Array(data.buffer)) },
  I32: { bytes: 4, decode: (data) => Float64Array.from(new Int32Array(data.buffer)) },
  I64: { bytes: 8, decode: (data) => Float64Array.from(new BigInt64Array(data.buffer), Number) },
};

/** Real headers stay below a few megabytes; a length beyond this is not a safetensors file. */
const largestHeader = 100 * 1024 * 1024;

/** Header of the safetensors file `path`: tensors in file order. Throws a UserError when the file is not a whole one. */
export async function readSafetensorsHeader(source: ByteSource, path: string): Promise<Map<string, SafetensorsEntry>> {
  const size = await source.size(path);
  if (size === null) throw damaged(path, 'is missing.', 'missing-file');
  if (size < 8) throw damaged(path, `is only ${size} bytes long.`);
  const prefix = await source.read(path, 0, 8);
  const headerLength = Number(new DataView(prefix.buffer, prefix.byteOffset).getBigUint64(0, true));
  if (headerLength > largestHeader) throw damaged(path, 'does not start like a safetensors file.');
  if (8 + headerLength > size) throw damaged(path, `ends inside its header, at ${size} bytes.`);
  const header = parseJsonObject(await source.read(path, 8, 8 + headerLength), `${path} (header)`);

  const entries = new Map<string, SafetensorsEntry>();
  for (const [name, value] of Object.entries(header)) {
    if (name !== '__metadata__') entries.set(name, checkEntry(path, name, value, 8 + headerLength, size));
  }
  return entries;
}

function checkEntry(path: string, name: string, value: unknown, dataStart: number, fileSize: number): SafetensorsEntry {
  const { dtype, shape, data_offsets: offsets } = isJsonObject(value) ? value : {};
  if (typeof dtype !== 'string' || !isCountList(shape) || !isCountList(offsets) || offsets.length !== 2) {
    throw damaged(path, `describes the tensor ${name} in a way that cannot be read.`);
  }
  const begin = dataStart + offsets[0]!;
  const end = dataStart + offsets[1]!;
  if (end > fileSize) {
    throw damaged(path, `ends at ${fileSize} bytes, inside or before the tensor ${name} (to ${end}): it is truncated.`);
  }
  const known = dtypes[dtype];
  const expected = known ? elementCount(shape) * known.bytes : end - begin;
  if (end < begin || end - begin !== expected) {
    throw damaged(path, `gives the tensor ${name} ${end - begin} bytes where its shape needs ${expected}.`);
  }
  return { dtype, shape, begin, end };
}

function isCountList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** Values of one tensor: float types as float32, integers as float64. Throws a UserError for other types. */
export async function readSafetensorsTensor(
  source: ByteSource,
  path: string,
  name: string,
  entry: SafetensorsEntry,
): Promise<Float32Array | Float64Array> {
  return readSafetensorsRows(source, path, name, entry, 0, entry.shape[0] ?? 1);
}

/** The same of rows [start, end) along the first axis. */
export async function readSafetensorsRows(
  source: ByteSource,
  path: string,
  name: string,
  entry: SafetensorsEntry,
  start: number,
  end: number,
): Promise<Float32Array | Float64Array> {
  const dtype = dtypes[entry.dtype];
  if (!dtype) throw unknownDtype(path, name, entry.dtype);
  assert(0 <= start && start <= end && end <= (entry.shape[0] ?? 1), `rows ${start} to ${end} of ${name}`);
  const rowBytes = elementCount(entry.shape.slice(1)) * dtype.bytes;
  const bytes = await source.read(path, entry.begin + start * rowBytes, entry.begin + end * rowBytes);
  if (bytes.length !== (end - start) * rowBytes) {
    throw damaged(path, `ends inside the tensor ${name}: it became shorter while it was read.`);
  }
  return dtype.decode(ownBuffer(bytes));
}

/** A view that fills its buffer: safetensors data, and views on a larger read, need not be aligned. */
function ownBuffer(bytes: Uint8Array): Uint8Array {
  const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return isWhole && bytes.constructor === Uint8Array ? bytes : Uint8Array.from(bytes);
}

function unknownDtype(path: string, name: string, dtype: string): UserError {
  return new UserError({
    code: 'unknown-dtype',
    subject: path,
    reason: `stores the tensor ${name} as ${dtype}; ${Object.keys(dtypes).join(', ')} can be read.`,
    remedy: 'Use the checkpoint in bfloat16, float16 or float32.',
  });
}

function damaged(path: string, reason: string, code = 'bad-safetensors'): UserError {
  return new UserError({ code, subject: path, reason, remedy: 'Download or copy the file again.' });
}
