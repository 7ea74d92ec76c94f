/**
 * First look at the logits: which may be drawn, the largest of them, and how many are broken. Large vocabularies are
 * scanned by many workgroups, each leaving its block's result in scratch; small ones by the drawing kernel itself.
 */
import type { Kernel } from '../kernel.ts';
import { keys } from './arithmetic.ts';
import { scanBlock, settingsFields } from './layout.ts';

const invocations = 256;
const { scale, isMasked, vocabSize } = settingsFields;

/** Word of scratch at which the results of the blocks begin. */
export const blocksAt = `((settings[${vocabSize}] + 3u) & ~3u)`;

/** Needs the bindings logits, settings and masks (u32). */
export const scanFunctions = `${keys}
fn is_allowed(id: u32) -> bool {
  let word = id >> 5u;
  let bit = 1u << (id & 31u);
  if ((masks[word] & bit) != 0u) { return false; }
  return settings[${isMasked}] == 0u || (masks[((settings[${vocabSize}] + 31u) >> 5u) + word] & bit) != 0u;
}
/** 1 for NaN and +Infinity. */
fn bad_count(bits: u32) -> u32 {
  return select(0u, 1u, (bits & 0x7f800000u) == 0x7f800000u && bits != 0xff800000u);
}
fn allowed_key(id: u32, bits: u32) -> u32 {
  return select(0u, key_of(bits), is_allowed(id));
}
`;

/** A workgroup's largest key, the lowest id that has it, and its count of bad logits. */
export const bestOfWorkgroup = `
var<workgroup> best_key: atomic<u32>;
var<workgroup> best_inverse: atomic<u32>; // of the id, so that 0 stands for none
var<workgroup> bad_logits: atomic<u32>;

fn merge_best(key: u32, id: u32, bad: u32) {
  atomicMax(&best_key, key);
  if (bad > 0u) { atomicAdd(&bad_logits, bad); }
  workgroupBarrier();
  if (key != 0u && key == atomicLoad(&best_key)) { atomicMax(&best_inverse, ~id); }
  workgroupBarrier();
}
`;

/** Bindings: logits (f32 [vocabSize]), settings, masks, scratch (read-write). One workgroup per block. */
export const scanKernel: Kernel = {
  label: 'sampler scan',
  bindings: ['read', 'read', 'read', 'readWrite'],
  wgsl: `
@group(0) @binding(0) var<storage, read> logits: array<u32>;
@group(0) @binding(1) var<storage, read> settings: array<u32>;
@group(0) @binding(2) var<storage, read> masks: array<u32>;
@group(0) @binding(3) var<storage, read_write> scratch: array<u32>;
${scanFunctions}
${bestOfWorkgroup}
@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) block: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  var largest = 0u;
  var place = 0u;
  var bad = 0u;
  for (var i = 0u; i < ${scanBlock / invocations}u; i++) {
    let id = block.x * ${scanBlock}u + i * ${invocations}u + lane;
    if (id < settings[${vocabSize}]) {
      let bits = logits[id];
      let key = allowed_key(id, bits);
      bad += bad_count(bits);
      if (settings[${scale}] != 0u) { scratch[id] = key; }
      if (key > largest) { largest = key; place = id; }
    }
  }
  merge_best(largest, place, bad);
  if (lane == 0u) {
    let at = ${blocksAt} + 3u * block.x;
    scratch[at] = atomicLoad(&best_key);
    scratch[at + 1u] = ~atomicLoad(&best_inverse);
    scratch[at + 2u] = atomicLoad(&bad_logits);
  }
}
`,
};
