/**
 * Weights of any architecture out of nothing, in the storage schemes of a real container: bytes from a small random pool,
 * scaled so that activations stay finite. They take no time to make and measure like real ones.
 */
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { parameterShapes } from '@agentiad/core/model/params.ts';
import { schemePolicy, type SchemeChoice } from '@agentiad/core/model/weightSchemePolicy.ts';
import { storedLayout, type WeightSchemeName } from '@agentiad/core/model/weightSchemes.ts';
import type { EncodedTensorInfo, EncodedWeights } from '@agentiad/core/model/weightSource.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import { float32ToFloat16 } from '@agentiad/core/support/float16.ts';
import { createRandom } from '@agentiad/core/support/random.ts';

const poolValues = 2 ** 18;

/** Spread of the codes 0..15 and -127..127 when all are equally likely. */
const spread = { q4: 4.6, q8: 73 };

export function randomEncodedWeights(config: ModelConfig, choice: SchemeChoice, seed: number): EncodedWeights {
  const policy = schemePolicy(choice);
  const tensors = new Map<string, EncodedTensorInfo>();
  for (const [name, shape] of parameterShapes(config)) {
    tensors.set(name, { shape, scheme: policy(name, { shape, dtype: 'F32' }) });
  }
  const pools = createPools(seed);
  return {
    tensors,
    async readRows(name, start, end) {
      const info = tensors.get(name);
      assert(info, `no tensor ${name} in this architecture`);
      const { scheme, shape } = info;
      const { rowCodes, rowScales, columns } = storedLayout(scheme, shape);
      const rows = end - start;
      if (shape.length === 1) return { codes: vector(rows, name.endsWith('weight') ? 1 : 0.01), scales: null };
      const codes = fill(pools[scheme], rows * rowCodes, start);
      return { codes, scales: rowScales > 0 ? scales(scheme, rows * rowScales, columns) : null };
    },
  };
}

type Pools = Readonly<Record<WeightSchemeName, Uint8Array>>;

/** Values of about 1/50 in either float type, any byte in the quantised ones (-128 is no code of q8). */
function createPools(seed: number): Pools {
  const random = createRandom(seed);
  const values = Float32Array.from({ length: poolValues }, () => (random.next() - 0.5) / 15);
  const bytes = Uint8Array.from({ length: poolValues }, () => Math.floor(random.next() * 256));
  const q8 = bytes.map((byte) => (byte === 128 ? 0 : byte));
  return { f32: bytesOf(values), f16: bytesOf(float32ToFloat16(values)), q8, q4: bytes };
}

/** `length` bytes of `pool`, over and over, from a place that depends on `offset`. */
function fill(pool: Uint8Array, length: number, offset: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(length);
  let from = (offset * 4096) % pool.length;
  for (let at = 0; at < length;) {
    const piece = pool.subarray(from, from + length - at);
    out.set(piece, at);
    at += piece.length;
    from = 0;
  }
  return out;
}

/** The scale that gives products of `columns` values a spread of 1. */
function scales(scheme: WeightSchemeName, bytes: number, columns: number): Uint8Array<ArrayBuffer> {
  const scale = 1 / ((scheme === 'q4' ? spread.q4 : spread.q8) * Math.sqrt(columns));
  const values = new Float32Array(bytes / (scheme === 'q4' ? 2 : 4)).fill(scale);
  return new Uint8Array(scheme === 'q4' ? bytesOf(float32ToFloat16(values)) : bytesOf(values));
}

function vector(rows: number, value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Float32Array(rows).fill(value).buffer);
}

function bytesOf(values: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
