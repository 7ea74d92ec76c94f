/**
 * Draws an id without sorting. A draw asks where a running sum over the ids in order of their logits (counts for top-k,
 * weights for top-p and for the drawn number) reaches a wanted sum. Four rounds over the keys settle the key 8 bits at a
 * time, from sums per value of those bits; two more settle which of equal logits it is. All sums are whole numbers, so
 * neither their order nor the device matters. The rounds share one loop: code with barriers is slow to compile.
 */
import { wideArithmetic, weights } from './arithmetic.ts';
import { settingsFields, settingsHead } from './layout.ts';

/** The keys a lane visits: `visit` is WGSL for the key in `key`. */
export interface KeySource {
  readonly lanes: number;
  /** WGSL of a loop over the lane's share of all keys. */
  eachKey(visit: string): string;
  /** WGSL expression of one id's key. */
  keyAt(id: string): string;
}

const { topK, topP, vocabSize, watchCapacity } = settingsFields;

/**
 * Declares `draw(lane)`, to be called by all lanes together where an id can be drawn; the id is then in `drawn_id`. Needs
 * the binding settings, the variable `step_index` and the variables of `weights`, set in every lane.
 */
export function drawFunctions({ lanes, eachKey, keyAt }: KeySource): string {
  return `${wideArithmetic}${weights}
// Rounds: 4 * what + level; a level settles 8 bits of the key, of \`ties\` of the id.
const counts = 0u;
const nucleus = 1u;
const drawn = 2u;
const ties = 3u;
const finished = 16u;

// Two sets of 256 bins: one is cleared while the other is looked at.
var<workgroup> bins_low: array<atomic<u32>, 512>;
var<workgroup> bins_high: array<atomic<u32>, 512>;
var<workgroup> part_sums: array<vec2<u32>, 16>; // of 16 bins each
var<workgroup> next_round: u32;
var<workgroup> wanted: vec2<u32>;
var<workgroup> before: vec2<u32>; // sum of all keys larger than those in question
var<workgroup> found_key: u32; // its settled bits
var<workgroup> cut_key: u32; // top-k: only larger keys count, and ...
var<workgroup> cut_ties: u32; // ... this many equal ones
var<workgroup> kept_mass: vec2<u32>; // of the nucleus; 0 = everything
var<workgroup> tie_number: u32; // which one of equal logits is drawn, from 1
var<workgroup> tie_from: u32; // it is among 256 units of 2^tie_shift ids from here
var<workgroup> tie_shift: u32;
var<workgroup> drawn_id: u32;

fn add_to_bin(bin: u32, sum: vec2<u32>) {
  let old = atomicAdd(&bins_low[bin], sum.x);
  let high = sum.y + select(0u, 1u, old > ~sum.x);
  if (high > 0u) { atomicAdd(&bins_high[bin], high); }
}
fn bin_sum(bin: u32) -> vec2<u32> {
  return vec2<u32>(atomicLoad(&bins_low[bin]), atomicLoad(&bins_high[bin]));
}

/** Sums the keys that share the settled bits of found_key by the bits that this round settles. */
fn fill_by_key(lane: u32, round: u32, base: u32) {
  let shift = 24u - 8u * (round & 3u);
  let settled = select(0xffffff00u << shift, 0u, shift == 24u);
  let is_counting = (round >> 2u) == counts;
  let known = found_key;
  let cut = cut_key;
  ${eachKey(`
    if (key > cut && ((key ^ known) & settled) == 0u) {
      let weight = select(weight_of(key), 1u, is_counting);
      if (weight > 0u) { add_to_bin(base + ((key >> shift) & 255u), vec2<u32>(weight, 0u)); }
    }`)}
  if (lane == 0u && cut > 0u && ((cut ^ known) & settled) == 0u) {
    add_to_bin(base + ((cut >> shift) & 255u), multiply(cut_ties, weight_of(cut)));
  }
}

/** Counts the ids that have found_key. */
fn fill_by_id(lane: u32, base: u32) {
  let end = min(tie_from + (256u << tie_shift), settings[${vocabSize}]);
  for (var id = tie_from + lane; id < end; id += ${lanes}u) {
    if (${keyAt('id')} == found_key) { atomicAdd(&bins_low[base + ((id - tie_from) >> tie_shift)], 1u); }
  }
}

// From here on to draw: in one lane.

/** The sum that is wanted, given the sum of everything. */
fn wanted_of(what: u32, total: vec2<u32>) -> vec2<u32> {
  if (what == counts) { return vec2<u32>(settings[${topK}], 0u); }
  if (what == nucleus) {
    let share = share_of(total, settings[${topP}]);
    return add64(share.xy, vec2<u32>(select(0u, 1u, share.z > 0u), 0u));
  }
  let mass = select(kept_mass, total, kept_mass.x == 0u && kept_mass.y == 0u);
  let uniform_at = ${settingsHead}u + settings[${watchCapacity}] + step_index;
  return add64(share_of(mass, settings[uniform_at]).xy, vec2<u32>(1u, 0u));
}

/** The bin in which the running sum from the largest bin down reaches what is wanted. */
fn choose_bin(base: u32) -> u32 {
  var sum = before;
  var part = 15u;
  for (; part > 0u; part--) {
    let next = add64(sum, part_sums[part]);
    if (!is_less64(next, wanted)) { break; }
    sum = next;
  }
  var bin = part * 16u + 15u;
  for (; bin > part * 16u; bin--) {
    let next = add64(sum, bin_sum(base + bin));
    if (!is_less64(next, wanted)) { break; }
    sum = next;
  }
  before = sum;
  return bin;
}

/** Evaluates a round over keys; returns the next one. */
fn settle_key(round: u32, base: u32) -> u32 {
  let what = round >> 2u;
  let level = round & 3u;
  let after_counts = 4u * select(drawn, nucleus, settings[${topP}] > 0u);
  if (level == 0u) {
    var total = vec2<u32>(0u, 0u);
    for (var i = 0u; i < 16u; i++) { total = add64(total, part_sums[i]); }
    wanted = wanted_of(what, total);
    if (is_less64(total, wanted)) { return after_counts; } // fewer than top-k
    found_key = 0u;
    before = vec2<u32>(0u, 0u);
  }
  found_key |= choose_bin(base) << (24u - 8u * level);
  if (level < 3u) { return round + 1u; }
  let rest = subtract64(wanted, before);
  if (what == counts) {
    cut_key = found_key;
    cut_ties = rest.x;
    return after_counts;
  }
  let weight = weight_of(found_key);
  let count = count_reaching(rest, weight);
  if (what == nucleus) {
    kept_mass = add64(before, multiply(count, weight));
    return 4u * drawn;
  }
  tie_number = count;
  tie_from = 0u;
  tie_shift = max(8u, 32u - countLeadingZeros(settings[${vocabSize}] - 1u)) - 8u;
  return 4u * ties;
}

/** Evaluates a round over ids; returns the next one. */
fn settle_id(round: u32, base: u32) -> u32 {
  var bin = 0u;
  for (; bin < 255u; bin++) {
    let count = atomicLoad(&bins_low[base + bin]);
    if (count >= tie_number) { break; }
    tie_number -= count;
  }
  tie_from += bin << tie_shift;
  drawn_id = tie_from;
  if (tie_shift == 0u) { return finished; }
  tie_shift = max(8u, tie_shift) - 8u;
  return round + 1u;
}

fn draw(lane: u32) {
  if (lane == 0u) { next_round = 4u * select(select(drawn, nucleus, settings[${topP}] > 0u), counts, settings[${topK}] > 0u); }
  var base = 0u;
  for (var round = workgroupUniformLoad(&next_round); round < finished; round = workgroupUniformLoad(&next_round)) {
    if (round < 4u * ties) { fill_by_key(lane, round, base); } else { fill_by_id(lane, base); }
    workgroupBarrier();
    if (lane < 16u) {
      var sum = vec2<u32>(0u, 0u);
      for (var i = 0u; i < 16u; i++) { sum = add64(sum, bin_sum(base + lane * 16u + i)); }
      part_sums[lane] = sum;
    }
    for (var bin = lane; bin < 256u; bin += ${lanes}u) {
      atomicStore(&bins_low[256u - base + bin], 0u);
      atomicStore(&bins_high[256u - base + bin], 0u);
    }
    workgroupBarrier();
    if (lane == 0u) {
      if (round < 4u * ties) { next_round = settle_key(round, base); } else { next_round = settle_id(round, base); }
    }
    base = 256u - base;
  }
}
`;
}
