/**
 * Known mistakes of engines like ours, each as one edit, and the tests that must notice it. Every one gives fluent wrong
 * text, never a crash.
 */

/**
 * @typedef {object} Mutation
 * @property {string} mistake
 * @property {string} file below `packages/core/src` in this list, from the repository's root in that of training
 * @property {string} find text that occurs in the file exactly once
 * @property {string} replace
 * @property {'core' | 'gpu-core' | 'train' | 'gpu-train'} project Vitest's
 * @property {string} test file, named like `file`
 * @property {string} [only] the part of the tests' names to run
 */

/** @type {readonly Mutation[]} */
export const mutations = [
  {
    mistake: 'rotary sections in the order column, row, temporal (prefill)',
    file: 'kernels/rope/appendKv.ts',
    find: 'select(select(2u, 1u, i < ${temporal + row}u), 0u, i < ${temporal}u)',
    replace: 'select(select(0u, 1u, i < ${temporal + row}u), 2u, i < ${temporal}u)',
    project: 'gpu-core',
    test: 'kernels/rope/rope.gpu.test.ts',
  },
  {
    mistake: 'rotary sections in the order column, row, temporal (decode)',
    file: 'kernels/linear/gemvEpilogue.ts',
    find: 'select(select(2u, 1u, i < ${temporal + row}u), 0u, i < ${temporal}u)',
    replace: 'select(select(0u, 1u, i < ${temporal + row}u), 2u, i < ${temporal}u)',
    project: 'gpu-core',
    test: 'kernels/linear/gemv.gpu.test.ts',
    only: 'qkv',
  },
  {
    mistake: 'the two halves of a rotated pair swapped in sign (decode)',
    file: 'kernels/linear/gemvEpilogue.ts',
    find: 'vec2<f32>(a * angle.x - b * angle.y, b * angle.x + a * angle.y)',
    replace: 'vec2<f32>(a * angle.x + b * angle.y, b * angle.x - a * angle.y)',
    project: 'gpu-core',
    test: 'kernels/linear/gemv.gpu.test.ts',
    only: 'qkv',
  },
  {
    mistake: 'int4 without the offset of 8 (prefill)',
    file: 'kernels/linear/weights.ts',
    find: 'vec4<f32>(-8.0 * ${scale})',
    replace: 'vec4<f32>(-7.0 * ${scale})',
    project: 'gpu-core',
    test: 'kernels/linear/gemm.gpu.test.ts',
    only: 'gemm q4',
  },
  {
    mistake: 'int4 without the offset of 8 (decode)',
    file: 'kernels/linear/gemvInner.ts',
    find: '24.0 * dot(',
    replace: '23.0 * dot(',
    project: 'gpu-core',
    test: 'kernels/linear/gemv.gpu.test.ts',
    only: 'gemv q4 3',
  },
  {
    mistake: 'int4 scales of the group before',
    file: 'kernels/linear/weights.ts',
    find: 'let index = row * ${groups}u + group;',
    replace: 'let index = max(row * ${groups}u + group, 1u) - 1u;',
    project: 'gpu-core',
    test: 'kernels/linear/gemv.gpu.test.ts',
    only: 'gemv q4 3',
  },
  {
    mistake: 'decode attention misses the newest token',
    file: 'kernels/attention/decode.ts',
    find: 'let tokens = pass_info[${passFields.cached}] + 1u;',
    replace: 'let tokens = pass_info[${passFields.cached}];',
    project: 'gpu-core',
    test: 'kernels/attention/attention.gpu.test.ts',
    only: 'decode attention f16 16/2x128',
  },
  {
    mistake: 'prefill attention sees one token ahead',
    file: 'kernels/attention/prefill.ts',
    find: 'query / ${group}u + 1u)',
    replace: 'query / ${group}u + 2u)',
    project: 'gpu-core',
    test: 'kernels/attention/attention.gpu.test.ts',
    only: 'prefill attention f16 16/2x128',
  },
  {
    mistake: 'keys and values appended one token late',
    file: 'kernels/rope/appendKv.ts',
    find: 'let token = pass_[${passFields.cached}u] + row;',
    replace: 'let token = pass_[${passFields.cached}u] + row + 1u;',
    project: 'gpu-core',
    test: 'kernels/rope/rope.gpu.test.ts',
  },
  {
    mistake: 'window permutation transposed',
    file: 'model/positions.ts',
    find: 'order[filled++] = row * columns + column;',
    replace: 'order[filled++] = column * rows + row;',
    project: 'core',
    test: 'model/positions.test.ts',
  },
  {
    mistake: 'window permutation not undone after the vision tower',
    file: 'engine/visionInputs.ts',
    find: "['restore', Uint32Array.from(plan.restore)]",
    replace: "['restore', Uint32Array.from(plan.order)]",
    project: 'gpu-core',
    test: 'engine/parityForward.gpu.test.ts',
    only: 'an image of 10 x 14',
  },
  {
    mistake: 'missing bias (decode)',
    file: 'kernels/linear/gemvEpilogue.ts',
    find: "'sum + vectors.bias[row]'",
    replace: "'sum'",
    project: 'gpu-core',
    test: 'kernels/linear/gemv.gpu.test.ts',
    only: 'gemv q4 37x96',
  },
  {
    mistake: 'missing bias (prefill)',
    file: 'kernels/linear/gemmSpec.ts',
    find: "' + vectors[row]'",
    replace: "''",
    project: 'gpu-core',
    test: 'kernels/linear/gemm.gpu.test.ts',
    only: 'gemm q4',
  },
  {
    mistake: 'row and column swapped in the vision tower',
    file: 'kernels/rope/rotate2d.ts',
    find: 'ropeTable[positions[2u * patch_ + axis]',
    replace: 'ropeTable[positions[2u * patch_ + 1u - axis]',
    project: 'gpu-core',
    test: 'kernels/rope/rope.gpu.test.ts',
  },
  {
    mistake: 'the sampler takes the last of equal logits',
    file: 'kernels/sampler/scan.ts',
    find: 'if (key > largest) { largest = key; place = id; }',
    replace: 'if (key >= largest) { largest = key; place = id; }',
    project: 'gpu-core',
    test: 'kernels/sampler/sampler.gpu.test.ts',
    only: '8193',
  },
  {
    mistake: 'top-p keeps one id too few',
    file: 'kernels/sampler/draw.ts',
    find: 'kept_mass = add64(before, multiply(count, weight));',
    replace: 'kept_mass = add64(before, multiply(count - 1u, weight));',
    project: 'gpu-core',
    test: 'kernels/sampler/sampler.gpu.test.ts',
    only: 'top-p',
  },
  {
    mistake: 'the token loop advances the cache but not the positions',
    file: 'kernels/sampler/sampler.ts',
    find: 'pass_info[${positions}u + axis]++;',
    replace: '',
    project: 'gpu-core',
    test: 'kernels/sampler/sampler.gpu.test.ts',
    only: 'one allowed',
  },
  {
    mistake: 'an image cut into the wrong rows of the prompt',
    file: 'engine/sequence.ts',
    find: 'toOffset: (first - start) * rowBytes',
    replace: 'toOffset: (first - start + 1) * rowBytes',
    project: 'gpu-core',
    test: 'engine/session.gpu.test.ts',
  },
];
