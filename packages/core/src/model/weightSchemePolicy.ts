/** Which storage scheme each tensor of a model gets: the one place that decides it. */
import { embeddingName, headName } from './params.ts';
import type { WeightSchemeName } from './weightSchemes.ts';
import type { TensorInfo } from './weightSource.ts';

/** The scheme of a tensor of this (canonical) name. */
export type WeightPolicy = (name: string, info: TensorInfo) => WeightSchemeName;

export interface SchemeChoice {
  /** Of the matrices of the language body. */
  readonly scheme: WeightSchemeName;
  /** Of the matrices of the vision tower, which int4 would harm. */
  readonly vision?: Exclude<WeightSchemeName, 'q4'>;
}

/**
 * Body matrices in the scheme chosen; embedding and head in it too, but never below q8; vision matrices as asked, else
 * f16 (f32 when the body is); norms, biases and every other vector f32.
 */
export function schemePolicy({ scheme, vision }: SchemeChoice): WeightPolicy {
  const table = scheme === 'q4' ? 'q8' : scheme;
  const visual = vision ?? (scheme === 'f32' ? 'f32' : 'f16');
  return (name, { shape }) => {
    if (shape.length < 2) return 'f32';
    if (name.startsWith('visual.')) return visual;
    return name === embeddingName || name === headName ? table : scheme;
  };
}

/** The values exactly as they are: float16 stays, everything else (bfloat16 has a larger range) becomes float32. */
export const exactPolicy: WeightPolicy = (_, { dtype, shape }) => {
  return shape.length > 1 && dtype === 'F16' ? 'f16' : 'f32';
};
