/** Writer of safetensors files in float32. Pure: tensors in, pieces of the file out; the host stores them. */
import { assert } from '../support/assert.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import { elementCount } from './safetensors.ts';

export interface Float32Tensor {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

/** Where data starts: readers that map the file want it aligned. */
const alignment = 8;

/**
 * The file in order: header, then the values of each tensor (views, nothing is copied). `metadata` is the format's own
 * table of texts.
 */
export function* encodeSafetensors(
  tensors: ReadonlyMap<string, Float32Tensor>,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Generator<Uint8Array> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    assert(name !== '__metadata__', 'a tensor cannot be named __metadata__');
    assert(elementCount(shape) === values.length, `${name} [${shape.join()}] has ${values.length} values`);
    header[name] = { dtype: 'F32', shape, data_offsets: [end, (end += values.byteLength)] };
  }
  const text = encodeUtf8(JSON.stringify(header));
  const length = Math.ceil(text.length / alignment) * alignment;
  const start = new Uint8Array(8 + length).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(length), true);
  start.set(text, 8);
  yield start;
  for (const { values } of tensors.values()) {
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
}
