/** WGSL of model/samplerArithmetic.ts: whole numbers of 64 bits as vec2<u32>(low, high), and weights of logits. */
import { exponentialTerms, largestDistance } from '../../model/samplerArithmetic.ts';
import { maxVocabSize } from './layout.ts';

const [c0, c1, c2, c3] = exponentialTerms;

export const wideArithmetic = `
fn add64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let low = a.x + b.x;
  return vec2<u32>(low, a.y + b.y + select(0u, 1u, low < a.x));
}
fn subtract64(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  return vec2<u32>(a.x - b.x, a.y - b.y - select(0u, 1u, a.x < b.x));
}
fn is_less64(a: vec2<u32>, b: vec2<u32>) -> bool {
  return a.y < b.y || (a.y == b.y && a.x < b.x);
}
fn multiply(a: u32, b: u32) -> vec2<u32> {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return vec2<u32>((other << 16u) | (low & 0xffffu), (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u));
}
/** mass * share / 2^32: low and high word rounded down, and what was cut off. */
fn share_of(mass: vec2<u32>, share: u32) -> vec3<u32> {
  let low = multiply(mass.x, share);
  return vec3<u32>(add64(multiply(mass.y, share), vec2<u32>(low.y, 0u)), low.x);
}
/** The smallest n of 1..${maxVocabSize} with n * weight >= mass. */
fn count_reaching(mass: vec2<u32>, weight: u32) -> u32 {
  var n = 0u;
  for (var bit = ${maxVocabSize / 2}u; bit > 0u; bit >>= 1u) {
    if (is_less64(multiply(n + bit, weight), mass)) { n += bit; }
  }
  return n + 1u;
}
`;

/** Keys order as the logits they are made of; 0 is less than every key and stands for what may not be drawn. */
export const keys = `
/** 0 for what is not finite; the two zeros are equal. */
fn key_of(bits: u32) -> u32 {
  if ((bits & 0x7f800000u) == 0x7f800000u) { return 0u; }
  if (bits == 0x80000000u) { return 0x80000000u; }
  return select(bits | 0x80000000u, ~bits, bits >= 0x80000000u);
}
fn logit_of(key: u32) -> f32 {
  return bitcast<f32>(select(~key, key & 0x7fffffffu, key >= 0x80000000u));
}
`;

/** Needs \`keys\` and the f32 variables \`top\` and \`distance_scale\`. */
export const weights = `
fn weight_of(key: u32) -> u32 {
  let distance = (top - logit_of(key)) * distance_scale;
  let whole = u32(min(distance, ${largestDistance}.0));
  if (whole >= ${largestDistance}u) { return 0u; }
  let f = whole & 0xffffu;
  var sum = ${c2}u - ((f * ${c3}u + 0x8000u) >> 16u);
  sum = ${c1}u - ((f * sum + 0x8000u) >> 16u);
  sum = ${c0}u - ((f * sum + 0x8000u) >> 16u);
  return ((0x10000u - ((f * sum + 0x8000u) >> 16u)) << 15u) >> (whole >> 16u);
}
`;
