/**
 * The vision tower as recorded dispatches, a list per stage (patch embedding, blocks, merger). Patches lie in window
 * order. Pure.
 *
 * Buffers: `pixels`, `x` (f32 residual), `normed`, `qkv`, `attended`, `inner`: a row a patch; `merged`, `mixed`,
 * `ordered`, `embeds`: a row a merge group; `positions` and `segments.windows|images`: two words a patch; `restore`: a
 * word a group; `rope`; `pass.patches` and `pass.groups`.
 */
import type { Capabilities } from '../kernels/capabilities.ts';
import { passBytes, rowStride } from '../kernels/layout.ts';
import { visionAttentionKernel, visionAttentionWorkgroups } from '../kernels/attention/vision.ts';
import type { GemmEpilogue } from '../kernels/linear/gemm.ts';
import { rmsNormKernel, rmsNormWorkgroups } from '../kernels/norm/rmsNorm.ts';
import { rotate2dKernel, rotate2dWorkgroups } from '../kernels/rope/rotate2d.ts';
import { gatherRowsKernel, gatherRowsWorkgroups } from '../kernels/tokens/gatherRows.ts';
import type { VisionConfig } from '../model/config.ts';
import type { BufferPlan } from './gpuMemory.ts';
import { gemmSteps, plain } from './languageProgram.ts';
import { unused, type Step } from './step.ts';
import type { WeightGroup } from './weightPlan.ts';

/** `patches`, `groups`: row by row, so that a long image may go in tiles of rows. `image`: all rows at once. */
export interface VisionStep extends Step {
  readonly over: 'patches' | 'groups' | 'image';
}

export interface VisionStage {
  readonly weights: WeightGroup;
  readonly steps: readonly VisionStep[];
}

export function planVisionStages(
  vision: VisionConfig,
  groups: readonly WeightGroup[],
  capabilities: Capabilities,
): VisionStage[] {
  const { hiddenSize, heads, headDim, mergeSize, outHiddenSize } = vision;
  const unit = mergeSize ** 2;
  const eps = vision.rmsNormEps;
  const over = (kind: VisionStep['over'], steps: readonly Step[]) => steps.map((step) => ({ ...step, over: kind }));
  const pass = (step: Step, name: string): Step => ({
    ...step,
    buffers: step.buffers.map((buffer) => (buffer === 'pass' ? name : buffer)),
  });
  const rows = (steps: readonly Step[]) =>
    over('patches', steps).map((step) => ({ ...step, ...pass(step, 'pass.patches') }));
  const gemm = (group: WeightGroup, name: string, from: string, to: string, epilogue: GemmEpilogue, hasBias = true) =>
    gemmSteps(
      group.matrices.get(name)!,
      from,
      to,
      epilogue,
      hasBias ? (part) => `${part.name}.bias` : null,
      capabilities,
    );
  const norm = (weight: string) =>
    plain(rmsNormKernel({ width: hiddenSize, eps }), ['x', weight, 'pass', 'normed'], rmsNormWorkgroups);
  const rotary = { heads, headDim };
  const windowPairs = (vision.windowSize / vision.patchSize) ** 2;

  const block = (group: WeightGroup, index: number): VisionStep[] => {
    const isFull = vision.fullAttentionBlocks.includes(index);
    return [
      ...rows([
        norm('norm1'),
        ...gemm(group, 'qkv', 'normed', 'qkv', 'store'),
        plain(rotate2dKernel(rotary), ['qkv', 'rope', 'positions', 'pass'], (count) =>
          rotate2dWorkgroups(rotary, count),
        ),
      ]),
      {
        over: 'image',
        kernel: visionAttentionKernel(rotary, capabilities),
        buffers: ['qkv', isFull ? 'segments.images' : 'segments.windows', 'pass.patches', 'attended'],
        workgroups: (count) => visionAttentionWorkgroups(rotary, count, capabilities),
        cost: (count) => 4 * count * (isFull ? count : Math.min(count, windowPairs)) * hiddenSize,
      },
      ...rows([
        ...gemm(group, 'proj', 'attended', 'x', 'residual'),
        norm('norm2'),
        ...gemm(group, 'gateUp', 'normed', 'inner', 'gatedSilu'),
        ...gemm(group, 'down', 'inner', 'x', 'residual'),
      ]),
    ];
  };

  const merge = rmsNormKernel({ width: hiddenSize, eps, merge: unit });
  const gather = { width: outHiddenSize, groupRows: 1 };
  const mergerOf = (group: WeightGroup): VisionStep[] => [
    ...rows([plain(merge, ['x', 'norm', 'pass', 'merged'], rmsNormWorkgroups)]),
    ...over(
      'groups',
      [...gemm(group, 'merge0', 'merged', 'mixed', 'gelu'), ...gemm(group, 'merge2', 'mixed', 'ordered', 'store')].map(
        (step) => pass(step, 'pass.groups'),
      ),
    ),
    ...over('image', [
      plain(gatherRowsKernel(gather), ['ordered', 'restore', 'pass.groups', 'embeds'], (patches) =>
        gatherRowsWorkgroups(gather, patches / unit),
      ),
    ]),
  ];

  return groups.map((weights, index) => {
    if (index === 0) return { weights, steps: rows(gemm(weights, 'patch', 'pixels', 'x', 'store', false)) };
    if (index === groups.length - 1) return { weights, steps: mergerOf(weights) };
    return { weights, steps: block(weights, index - 1) };
  });
}

/** Buffers with a row a patch or a row a merge group, and the bytes of a row. */
export interface VisionRows {
  readonly perPatch: ReadonlyMap<string, number>;
  readonly perGroup: ReadonlyMap<string, number>;
}

export function visionRows(vision: VisionConfig): VisionRows {
  const merged = vision.hiddenSize * vision.mergeSize ** 2;
  return {
    perPatch: new Map([
      ['pixels', 4 * rowStride(vision.patchDim)],
      ['x', 4 * rowStride(vision.hiddenSize)],
      ['normed', 4 * rowStride(vision.hiddenSize)],
      ['qkv', 4 * rowStride(3 * vision.hiddenSize)],
      ['attended', 4 * rowStride(vision.hiddenSize)],
      ['inner', 4 * rowStride(vision.intermediateSize)],
      ['positions', 8],
    ]),
    perGroup: new Map([
      ['merged', 4 * rowStride(merged)],
      ['mixed', 4 * rowStride(merged)],
      ['ordered', 4 * rowStride(vision.outHiddenSize)],
    ]),
  };
}

/** Buffers, besides the weights and `embeds`, to encode an image of `patches` patches with sides up to `side`. */
export function visionBuffers(vision: VisionConfig, patches: number, side: number): BufferPlan[] {
  const groups = patches / vision.mergeSize ** 2;
  const { perPatch, perGroup } = visionRows(vision);
  const passes = ['pass.patches', 'pass.groups'].flatMap((name) => [name, `${name}.tile`, `${name}.last`]);
  return [
    ...Array.from(perPatch, ([name, bytes]) => ({ name, bytes: bytes * patches })),
    ...Array.from(perGroup, ([name, bytes]) => ({ name, bytes: bytes * groups })),
    { name: 'segments.windows', bytes: 8 * patches },
    { name: 'segments.images', bytes: 8 * patches },
    { name: 'restore', bytes: 4 * groups },
    { name: 'rope', bytes: 2 * side * vision.headDim },
    { name: unused, bytes: 16 },
    ...passes.map((name) => ({ name, bytes: passBytes(0) })),
  ];
}
