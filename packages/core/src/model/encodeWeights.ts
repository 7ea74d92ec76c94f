/** Encodes the weights of any source on the fly, a range of rows at a time: nothing larger is ever in memory. */
import { UserError } from '../support/userError.ts';
import type { WeightPolicy } from './weightSchemePolicy.ts';
import { encodeRows, largestValue, storedLayout, type WeightSchemeName } from './weightSchemes.ts';
import type { EncodedTensorInfo, EncodedWeights, RowSource } from './weightSource.ts';

/** `source` in the schemes of `policy`. A value that is not finite, or not in the scheme, is a UserError when read. */
export function encodeWeights(source: RowSource, policy: WeightPolicy): EncodedWeights {
  const tensors = new Map<string, EncodedTensorInfo>();
  for (const [name, info] of source.tensors) tensors.set(name, { shape: info.shape, scheme: policy(name, info) });
  return {
    tensors,
    async readRows(name, start, end) {
      const values = await source.readRows(name, start, end);
      const { shape, scheme } = tensors.get(name)!; // the source refuses unknown names
      checkValues(name, values, scheme);
      return encodeRows(scheme, values, end - start, storedLayout(scheme, shape).columns);
    },
  };
}

/** Throws a UserError when a value of `name` is NaN, infinite or beyond what `scheme` can store. */
function checkValues(name: string, values: Float32Array, scheme: WeightSchemeName): void {
  const limit = largestValue(scheme);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // Also false for NaN.
    if (Math.abs(value) <= limit) continue;
    if (Number.isFinite(value)) {
      throw new UserError({
        code: 'weight-overflow',
        subject: `tensor ${name}`,
        reason: `holds the value ${value}, beyond the largest that ${scheme} can store (${Math.floor(limit)}).`,
        remedy: 'Convert with a scheme of larger range, as f32 or q8.',
      });
    }
    throw new UserError({
      code: 'weight-not-finite',
      subject: `tensor ${name}`,
      reason: `holds a value that is no number (${value}).`,
      remedy: 'Download the checkpoint again; if it stays, its training failed.',
    });
  }
}
