/** Streams weights to the GPU: a few megabytes at a time, rows padded to the kernels' stride on the way. */
import { matrixBytes, type MatrixFormat } from '../kernels/layout.ts';
import { elementCount } from '../model/safetensors.ts';
import { decodeRows, storedLayout } from '../model/weightSchemes.ts';
import type { EncodedWeights } from '../model/weightSource.ts';
import { assert } from '../support/assert.ts';
import type { DeviceGuard } from './deviceGuard.ts';
import type { BufferPlan, Buffers, GpuMemory } from './gpuMemory.ts';
import type { MatrixPart, MatrixPlan, RowRange, VectorPlan } from './matrixPlan.ts';
import { vectorBytes, type WeightGroup } from './weightPlan.ts';

/** Bytes read and handed to the GPU at once. */
const pieceBytes = 16 * 1024 * 1024;
/** Bytes handed over before the GPU is waited for: its copies of them take host memory until then. */
const flightBytes = 64 * 1024 * 1024;

export interface UploadedGroup {
  /** `<part>.codes`, `<part>.scales`, and vectors by name. */
  readonly bindings: ReadonlyMap<string, GPUBufferBinding>;
  readonly buffers: Buffers;
}

export interface Uploader {
  /** Uploads `group`; `onBytes` counts what has been handed over. Frees it again when it fails. */
  upload(group: WeightGroup, onBytes?: (bytes: number) => void): Promise<UploadedGroup>;
  /** Writes what `isChanged` tensors hold now into the buffers that `group` has. */
  update(group: WeightGroup, buffers: Buffers, isChanged: (tensor: string) => boolean): Promise<void>;
}

/** Takes bytes in pieces of any length. */
interface Writer {
  write(bytes: Uint8Array): Promise<void>;
  /** Pads to what the GPU takes. */
  end(): Promise<void>;
}

export function createUploader(
  device: GPUDevice,
  guard: DeviceGuard,
  memory: GpuMemory,
  weights: EncodedWeights,
): Uploader {
  let inFlight = 0;

  const settle = async () => {
    inFlight = 0;
    device.queue.submit([]);
    await guard.wait(device.queue.onSubmittedWorkDone(), 'uploading weights');
  };

  /** Appends to `buffer` byte by byte in pieces of any length; the GPU takes multiples of 4. */
  const createWriter = (buffer: GPUBuffer, onBytes: (bytes: number) => void): Writer => {
    let at = 0;
    let rest = new Uint8Array(0);
    const write = async (bytes: Uint8Array) => {
      let all = bytes;
      if (rest.length > 0) {
        all = new Uint8Array(rest.length + bytes.length);
        all.set(rest);
        all.set(bytes, rest.length);
      }
      const whole = all.length - (all.length % 4);
      if (whole > 0) device.queue.writeBuffer(buffer, at, all as Uint8Array<ArrayBuffer>, 0, whole);
      rest = all.slice(whole);
      at += whole;
      onBytes(bytes.length);
      inFlight += whole;
      if (inFlight >= flightBytes) await settle();
    };
    return {
      write,
      async end() {
        if (rest.length > 0) await write(new Uint8Array(4 - rest.length));
      },
    };
  };

  const uploadPart = async (
    plan: MatrixPlan,
    part: MatrixPart,
    buffers: Buffers,
    scales: Writer | null,
    onBytes: (bytes: number) => void,
  ): Promise<void> => {
    const codes = createWriter(buffers.get(`${part.name}.codes`)!, onBytes);
    const rowsAtOnce = Math.max(1, Math.floor(pieceBytes / matrixBytes(plan.format, 1, plan.columns).codes));
    for (const { tensor, start, end } of part.sources) {
      for (let row = start; row < end; row += rowsAtOnce) {
        const last = Math.min(end, row + rowsAtOnce);
        const rows = await weights.readRows(tensor, row, last);
        await codes.write(padded(rows.codes, plan.format, last - row, plan.columns));
        if (scales) await scales.write(rows.scales!);
      }
    }
    await codes.end();
  };

  const readVector = async (vector: VectorPlan): Promise<Float32Array<ArrayBuffer>> => {
    const values = new Float32Array(vector.length);
    for (const piece of vector.pieces) values.set(await readValues(piece), piece.at);
    return values;
  };

  const readValues = async ({ tensor, start, end }: RowRange): Promise<Float32Array> => {
    const info = weights.tensors.get(tensor);
    assert(info && elementCount(info.shape) === info.shape[0], `${tensor} is no vector of the model`);
    return decodeRows(info.scheme, await weights.readRows(tensor, start, end), end - start, 1);
  };

  const fill = async (
    group: WeightGroup,
    buffers: Buffers,
    onBytes: (bytes: number) => void,
    isWanted: (tensor: string) => boolean,
  ): Promise<void> => {
    const vectors = buffers.get(vectorsName)!;
    for (const { vector, offset } of placeVectors(group)) {
      if (!vector.pieces.some(({ tensor }) => isWanted(tensor))) continue;
      const values = await readVector(vector);
      device.queue.writeBuffer(vectors, offset, values);
      onBytes(values.byteLength);
    }
    for (const plan of group.matrices.values()) {
      if (!plan.parts.some(({ sources }) => sources.some(({ tensor }) => isWanted(tensor)))) continue;
      const scales = buffers.get(`${plan.name}.scales`);
      const writer = scales ? createWriter(scales, onBytes) : null;
      for (const part of plan.parts) await uploadPart(plan, part, buffers, writer, onBytes);
      await writer?.end();
    }
    await settle();
  };

  return {
    async upload(group, onBytes = () => {}) {
      const buffers = await memory.allocate(group.purpose, bufferPlans(group));
      try {
        await fill(group, buffers, onBytes, () => true);
        return { bindings: bindingsOf(group, buffers), buffers };
      } catch (error) {
        memory.release(buffers);
        throw error;
      }
    },
    update: (group, buffers, isChanged) => fill(group, buffers, () => {}, isChanged),
  };
}

function bindingsOf(group: WeightGroup, buffers: Buffers): Map<string, GPUBufferBinding> {
  const bindings = new Map<string, GPUBufferBinding>();
  for (const [name, buffer] of buffers) bindings.set(name, { buffer });
  const vectors = buffers.get(vectorsName)!;
  for (const { vector, offset } of placeVectors(group)) {
    bindings.set(vector.name, { buffer: vectors, offset, size: vectorBytes(vector) });
  }
  for (const plan of group.matrices.values()) {
    const scales = buffers.get(`${plan.name}.scales`);
    if (scales) bindScales(plan, scales, bindings);
  }
  return bindings;
}

/** Vectors lie one after the other in one buffer. */
function placeVectors(group: WeightGroup): { vector: VectorPlan; offset: number }[] {
  let end = 0;
  return group.vectors.map((vector) => {
    const offset = end;
    end += vectorBytes(vector);
    return { vector, offset };
  });
}

const vectorsName = 'vectors';

function bufferPlans(group: WeightGroup): BufferPlan[] {
  const plans: BufferPlan[] = [
    { name: vectorsName, bytes: group.vectors.reduce((sum, vector) => sum + vectorBytes(vector), 0) },
  ];
  for (const { name: matrix, parts } of group.matrices.values()) {
    for (const { name, bytes } of parts) plans.push({ name: `${name}.codes`, bytes: bytes.codes });
    const scales = parts.reduce((sum, { bytes }) => sum + bytes.scales, 0);
    if (scales > 0) plans.push({ name: `${matrix}.scales`, bytes: scales });
  }
  return plans;
}

/** `<part>.scales` is a part's own range, `<part>.scales.on` everything from there on. */
function bindScales({ parts }: MatrixPlan, buffer: GPUBuffer, bindings: Map<string, GPUBufferBinding>): void {
  let offset = 0;
  for (const { name, bytes } of parts) {
    bindings.set(`${name}.scales`, { buffer, offset, size: bytes.scales });
    bindings.set(`${name}.scales.on`, { buffer, offset });
    offset += bytes.scales;
  }
}

/** Rows as stored, each with zeros behind it up to the kernels' stride; q4 rows are whole groups already. */
function padded(codes: Uint8Array, format: MatrixFormat, rows: number, columns: number): Uint8Array {
  const stride = matrixBytes(format, 1, columns).codes;
  const { rowCodes } = storedLayout(format, [rows, columns]);
  if (stride === rowCodes) return codes;
  const out = new Uint8Array(rows * stride);
  for (let row = 0; row < rows; row++) out.set(codes.subarray(row * rowCodes, (row + 1) * rowCodes), row * stride);
  return out;
}
