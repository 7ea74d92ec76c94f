/**
 * The sampler: from logits on the GPU to the next id on the GPU, the same id that model/sampler.ts picks, ready for the
 * next step. It takes at most two dispatches and needs no readback: besides recording the step in `result` it puts the id
 * where the embedding reads it and advances the pass by one token (cached, and row 0's three positions). Before the first
 * step after a prefill the host therefore writes a pass that is one token back: rows 1, cached and positions less by 1.
 *
 * Forced ids and grammars: one step at a time, with the ids that may come in the allowed mask.
 */
import type { Capabilities } from '../capabilities.ts';
import type { BindingKind, Kernel, Workgroups } from '../kernel.ts';
import { passFields } from '../layout.ts';
import { keys } from './arithmetic.ts';
import { drawFunctions, type KeySource } from './draw.ts';
import { scanBlock, settingsFields, settingsHead, type SamplerLayout } from './layout.ts';
import { bestOfWorkgroup, blocksAt, scanFunctions, scanKernel } from './scan.ts';

/** `ids` is what the embedding reads (u32 [1] or longer); `logits` f32 [vocabSize] or longer; the rest: layout.ts. */
export type SamplerBuffer = 'logits' | 'settings' | 'masks' | 'scratch' | 'result' | 'ids' | 'pass';

export interface SamplerDispatch {
  readonly kernel: Kernel;
  /** What to bind, in order. */
  readonly buffers: readonly SamplerBuffer[];
  readonly workgroups: Workgroups;
}

/** Vocabularies up to this size take one dispatch. */
const oneDispatch = 8192;

/** The dispatches of one step, in order. */
export function samplerDispatches(
  { vocabSize }: SamplerLayout,
  capabilities: Capabilities,
): readonly SamplerDispatch[] {
  if (vocabSize <= oneDispatch) return [drawDispatch(wholeSource)];
  const scan: SamplerDispatch = {
    kernel: scanKernel,
    buffers: ['logits', 'settings', 'masks', 'scratch'],
    workgroups: [Math.ceil(vocabSize / scanBlock), 1, 1],
  };
  return [scan, drawDispatch(scannedSource(capabilities.maxInvocations >= 1024 ? 1024 : 256))];
}

const { scale, steps, watchCount, watchCapacity } = settingsFields;
const vocabulary = `settings[${settingsFields.vocabSize}]`;

/** Where the drawing kernel finds keys, and how it begins. */
interface Source extends KeySource {
  readonly buffers: readonly SamplerBuffer[];
  readonly scratch: { readonly kind: BindingKind; readonly element: string };
  readonly functions: string;
  /** Adds what the lane sees to its `largest`, `place` and `bad`. */
  readonly look: string;
}

const stepBuffers = ['logits', 'settings', 'scratch', 'result', 'ids', 'pass'] as const;
const wholeLanes = 64;
const eachId = (visit: string) => `for (var id = lane; id < ${vocabulary}; id += ${wholeLanes}u) { ${visit} }`;

/** The drawing kernel scans the logits itself. */
const wholeSource: Source = {
  lanes: wholeLanes,
  buffers: [...stepBuffers, 'masks'],
  scratch: { kind: 'readWrite', element: 'u32' },
  functions: scanFunctions,
  look: `${eachId(`
    let bits = logits[id];
    let key = allowed_key(id, bits);
    bad += bad_count(bits);
    if (settings[${scale}] != 0u) { scratch[id] = key; }
    if (key > largest) { largest = key; place = id; }`)}
  storageBarrier();`,
  eachKey: (visit) => eachId(`let key = scratch[id]; ${visit}`),
  keyAt: (id) => `scratch[${id}]`,
};

/** The scan kernel left keys and the results of its blocks. */
function scannedSource(lanes: number): Source {
  const wordAt = (index: string) => `scratch[(${index}) >> 2u][(${index}) & 3u]`;
  return {
    lanes,
    buffers: stepBuffers,
    scratch: { kind: 'read', element: 'vec4<u32>' },
    functions: keys,
    look: `for (var block = lane; block * ${scanBlock}u < ${vocabulary}; block += ${lanes}u) {
    let at = ${blocksAt} + 3u * block;
    bad += ${wordAt('at + 2u')};
    if (${wordAt('at')} > largest) { largest = ${wordAt('at')}; place = ${wordAt('at + 1u')}; }
  }`,
    eachKey: (visit) => `for (var quad = lane; quad * 4u < ${vocabulary}; quad += ${lanes}u) {
    let quad_keys = scratch[quad];
    for (var i = 0u; i < 4u; i++) { let key = quad_keys[i]; ${visit} }
  }`,
    keyAt: wordAt,
  };
}

function drawDispatch(source: Source): SamplerDispatch {
  const { lanes, buffers } = source;
  const bindings: Record<SamplerBuffer, readonly [kind: BindingKind, element: string]> = {
    logits: ['read', 'u32'],
    settings: ['read', 'u32'],
    masks: ['read', 'u32'],
    scratch: [source.scratch.kind, source.scratch.element],
    result: ['readWrite', 'u32'],
    ids: ['readWrite', 'u32'],
    pass: ['readWrite', 'u32'],
  };
  const declare = (name: SamplerBuffer, binding: number) => {
    const [kind, element] = bindings[name];
    const access = kind === 'read' ? 'read' : 'read_write';
    const variable = name === 'pass' ? 'pass_info' : name;
    return `@group(0) @binding(${binding}) var<storage, ${access}> ${variable}: array<${element}>;`;
  };
  const { cached, positions } = passFields;
  const wgsl = `
${buffers.map(declare).join('\n')}
${source.functions}
${bestOfWorkgroup}
var<private> top: f32;
var<private> distance_scale: f32;
var<private> step_index: u32;
var<workgroup> top_key: u32;
${drawFunctions(source)}
@compute @workgroup_size(${lanes})
fn main(@builtin(local_invocation_index) lane: u32) {
  let steps = settings[${steps}];
  let step = result[0];
  step_index = min(step, steps - 1u);
  var largest = 0u;
  var place = 0u;
  var bad = 0u;
  ${source.look}
  merge_best(largest, place, bad);
  if (lane == 0u) {
    top_key = atomicLoad(&best_key);
    drawn_id = ~atomicLoad(&best_inverse);
  }
  let best = workgroupUniformLoad(&top_key);
  if (settings[${scale}] != 0u && best != 0u) {
    top = logit_of(best);
    distance_scale = bitcast<f32>(settings[${scale}]);
    draw(lane);
  }
  let at = 1u + step * (2u + settings[${watchCapacity}]);
  if (step < steps) {
    for (var i = lane; i < settings[${watchCount}]; i += ${lanes}u) {
      result[at + 2u + i] = logits[settings[${settingsHead}u + i]];
    }
  }
  if (lane == 0u) {
    if (step < steps) {
      result[at] = drawn_id;
      result[at + 1u] = atomicLoad(&bad_logits);
    }
    result[0] = step + 1u;
    ids[0] = drawn_id;
    pass_info[${cached}]++;
    for (var axis = 0u; axis < 3u; axis++) { pass_info[${positions}u + axis]++; }
  }
}
`;
  const kernel: Kernel = {
    label: `sampler draw, ${lanes} lanes`,
    bindings: buffers.map((name) => bindings[name][0]),
    wgsl,
  };
  return { kernel, buffers, workgroups: [1, 1, 1] };
}
