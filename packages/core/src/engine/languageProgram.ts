/**
 * The language model as recorded dispatches: one token (decode) and a chunk of prompt (prefill), over the same buffers.
 * Pure: the dispatches per token can be counted, and the memory summed, without a device.
 *
 * Activations: `x` the residual stream, `normed`, `qkv`, `q` (rotated and scaled), `attended`, `inner` (MLP), all with
 * one row a token of the pass; `partial` between split and merge of decode attention. Per sequence: `ids`, `pass`,
 * `logits`, `kv.<layer>`, and the sampler's buffers.
 */
import { cacheBytes } from '../kernels/attention/cache.ts';
import {
  decodeAttentionKernels,
  decodeAttentionWorkgroups,
  decodePartialBytes,
  decodeSplits,
} from '../kernels/attention/decode.ts';
import { prefillAttentionKernel, prefillAttentionWorkgroups } from '../kernels/attention/prefill.ts';
import type { Capabilities } from '../kernels/capabilities.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { passBytes, rowStride } from '../kernels/layout.ts';
import { gemmKernel, gemmWorkgroups, type GemmEpilogue } from '../kernels/linear/gemm.ts';
import { gemvKernel, gemvWorkgroups, type GemvSpec } from '../kernels/linear/gemv.ts';
import { rmsNormKernel, rmsNormWorkgroups } from '../kernels/norm/rmsNorm.ts';
import { appendKvKernel, appendKvWorkgroups } from '../kernels/rope/appendKv.ts';
import { embedKernel, embedWorkgroups, maxEmbedParts } from '../kernels/tokens/embed.ts';
import type { TextConfig } from '../model/config.ts';
import type { BufferPlan } from './gpuMemory.ts';
import type { MatrixPart, MatrixPlan } from './matrixPlan.ts';
import { unused, type Step } from './step.ts';
import type { WeightPlan } from './weightPlan.ts';

export interface LanguageProgram {
  /** One token: embedding and layers on row 0 of `x`. */
  readonly decode: readonly Step[];
  /** Embedding of a chunk's ids; image embeddings are copied over it before `prefill`. */
  readonly embed: readonly Step[];
  readonly prefill: readonly Step[];
  /** Logits of row pass[2] of `x`, with the last norm. */
  readonly head: readonly Step[];
  /** Shared by all sequences. */
  readonly buffers: readonly BufferPlan[];
  /** Of each sequence, without the sampler's. */
  readonly sequenceBuffers: readonly BufferPlan[];
  readonly kv: 'f16' | 'f32';
}

export interface LanguageProgramOptions {
  readonly context: number;
  readonly chunkRows: number;
}

export function planLanguage(
  text: TextConfig,
  weights: WeightPlan,
  capabilities: Capabilities,
  { context, chunkRows }: LanguageProgramOptions,
): LanguageProgram {
  const { heads, kvHeads, headDim, hiddenSize, intermediateSize, vocabSize, mropeSection } = text;
  const { matrices } = weights.language;
  const matrix = (name: string): MatrixPlan => matrices.get(name)!;
  const kv = capabilities.tier === 2 && matrix('0.qkv').format !== 'f32' ? 'f16' : 'f32';
  const cache = { heads, kvHeads, headDim, context, kv } as const;
  // A software adapter gains nothing from more workgroups and loses the merge.
  const splits = capabilities.isSoftware ? 1 : decodeSplits(context);
  const width = heads * headDim;
  const norm = { eps: text.rmsNormEps };
  const rope = { heads, kvHeads, headDim, context, kv, mropeSection, qScale: headDim ** -0.5 } as const;

  /** A step per part of a matrix, on one row. */
  const gemv = (
    name: string,
    from: string,
    to: string,
    epilogue: GemvSpec['epilogue'],
    options: { vectors?: string; norm?: boolean; hasBias?: boolean; inputRow?: GemvSpec['inputRow']; last?: string[] },
  ): Step[] =>
    matrix(name).parts.map((part) => {
      const { vectors = unused, hasBias = false, inputRow = 'first', last = [] } = options;
      const { format, columns } = matrix(name);
      const shape = { format, rows: part.rows, columns, outStart: part.outStart };
      const spec: GemvSpec = { ...shape, norm: options.norm ? norm : null, epilogue, hasBias, inputRow };
      const cost = productCost(epilogue.kind === 'gatedSilu' ? 2 * part.rows : part.rows, columns);
      return {
        kernel: gemvKernel(spec, capabilities),
        buffers: [...matrixBuffers(matrix(name), part), from, vectors, 'pass', to, ...last],
        workgroups: () => gemvWorkgroups(spec, capabilities),
        cost: () => cost,
      };
    });

  const gemm = (name: string, from: string, to: string, epilogue: GemmEpilogue, bias: string | null): Step[] =>
    gemmSteps(matrix(name), from, to, epilogue, bias === null ? null : () => bias, capabilities);

  const embed = embedSteps(matrix('embedding'), capabilities);

  const attentionCost = (rows: number) => 4 * rows * (context / 2) * width;
  const decodeAttention = { ...cache, splits };
  const { split, merge } = decodeAttentionKernels(decodeAttention, capabilities);
  const splitWorkgroups = decodeAttentionWorkgroups(decodeAttention, capabilities);
  const decodeAttend = (layer: number): Step[] => {
    const to = merge ? 'partial' : 'attended';
    const first = {
      kernel: split,
      buffers: ['q', `kv.${layer}`, 'pass', to],
      workgroups: () => splitWorkgroups.split,
      cost: attentionCost,
    };
    if (!merge) return [first];
    const buffers = ['partial', 'pass', 'attended'];
    return [first, { kernel: merge, buffers, workgroups: () => splitWorkgroups.merge, cost: () => 0 }];
  };

  const rmsNorm = (weight: string): Step =>
    plain(rmsNormKernel({ width: hiddenSize, eps: norm.eps }), ['x', weight, 'pass', 'normed'], rmsNormWorkgroups);

  const layers = Array.from({ length: text.layers }, (_, layer) => layer);
  return {
    kv,
    embed,
    decode: [
      ...embed,
      ...layers.flatMap((layer) => [
        ...gemv(
          `${layer}.qkv`,
          'x',
          'q',
          { kind: 'qkv', ...rope },
          { vectors: `${layer}.qkv.vectors`, norm: true, hasBias: true, last: ['rope', `kv.${layer}`] },
        ),
        ...decodeAttend(layer),
        ...gemv(`${layer}.o`, 'attended', 'x', { kind: 'residual' }, {}),
        ...gemv(`${layer}.gateUp`, 'x', 'inner', { kind: 'gatedSilu' }, { vectors: `${layer}.norm2`, norm: true }),
        ...gemv(`${layer}.down`, 'inner', 'x', { kind: 'residual' }, {}),
      ]),
    ],
    prefill: layers.flatMap((layer) => [
      rmsNorm(`${layer}.qkv.vectors`),
      ...gemm(`${layer}.qkv`, 'normed', 'qkv', 'store', `${layer}.qkv.bias`),
      plain(appendKvKernel(rope), ['qkv', 'rope', 'pass', 'q', `kv.${layer}`], (rows) =>
        appendKvWorkgroups(rope, rows),
      ),
      {
        kernel: prefillAttentionKernel(cache, capabilities),
        buffers: ['q', `kv.${layer}`, 'pass', 'attended'],
        workgroups: (rows) => prefillAttentionWorkgroups(cache, rows, capabilities),
        cost: attentionCost,
      },
      ...gemm(`${layer}.o`, 'attended', 'x', 'residual', null),
      rmsNorm(`${layer}.norm2`),
      ...gemm(`${layer}.gateUp`, 'normed', 'inner', 'gatedSilu', null),
      ...gemm(`${layer}.down`, 'inner', 'x', 'residual', null),
    ]),
    head: gemv(weights.head, 'x', 'logits', { kind: 'store' }, { vectors: 'norm', norm: true, inputRow: 'logitsRow' }),
    buffers: [
      { name: 'x', bytes: 4 * chunkRows * rowStride(hiddenSize) },
      { name: 'normed', bytes: 4 * chunkRows * rowStride(hiddenSize) },
      { name: 'qkv', bytes: 4 * chunkRows * rowStride((heads + 2 * kvHeads) * headDim) },
      { name: 'q', bytes: 4 * chunkRows * rowStride(width) },
      { name: 'attended', bytes: 4 * chunkRows * rowStride(width) },
      { name: 'inner', bytes: 4 * chunkRows * rowStride(intermediateSize) },
      { name: 'partial', bytes: splits === 1 ? 0 : decodePartialBytes(decodeAttention) },
      { name: 'rope', bytes: 4 * context * headDim },
      { name: unused, bytes: 16 },
    ],
    sequenceBuffers: [
      { name: 'ids', bytes: 4 * chunkRows },
      { name: 'pass', bytes: passBytes(chunkRows) },
      { name: 'logits', bytes: 4 * rowStride(vocabSize) },
      ...layers.map((layer) => ({ name: `kv.${layer}`, bytes: cacheBytes(cache) })),
    ],
  };
}

/** A step per part of a matrix, on all rows of the pass. `biasOf` names the biases of a part. */
export function gemmSteps(
  matrix: MatrixPlan,
  from: string,
  to: string,
  epilogue: GemmEpilogue,
  biasOf: ((part: MatrixPart) => string) | null,
  capabilities: Capabilities,
): Step[] {
  const { format, columns } = matrix;
  return matrix.parts.map((part) => {
    const hasBias = biasOf !== null;
    const shape = { format, rows: part.rows, columns, outStart: part.outStart, outWidth: matrix.rows };
    const spec = { ...shape, epilogue, hasBias };
    return {
      kernel: gemmKernel(spec, capabilities),
      buffers: [...matrixBuffers(matrix, part), from, biasOf?.(part) ?? unused, 'pass', to],
      workgroups: (rows) => gemmWorkgroups(spec, rows, capabilities),
      cost: (rows) => rows * productCost(epilogue === 'gatedSilu' ? 2 * part.rows : part.rows, columns),
    };
  });
}

/** Steps that gather from a table: one, unless it has more parts than a kernel binds. */
function embedSteps(table: MatrixPlan, capabilities: Capabilities): Step[] {
  const { format, columns, parts } = table;
  const steps: Step[] = [];
  for (let at = 0; at < parts.length; at += maxEmbedParts) {
    const own = parts.slice(at, at + maxEmbedParts);
    const sizes = own.map((part) => part.rows);
    const rows = sizes.reduce((sum, size) => sum + size, 0);
    const spec = { format, rows, rowStart: own[0]!.outStart, columns, parts: sizes };
    const scales = hasScales(table) ? `${own[0]!.name}.scales.on` : unused;
    steps.push(
      plain(
        embedKernel(spec, capabilities),
        [...own.map(({ name }) => `${name}.codes`), scales, 'ids', 'pass', 'x'],
        (count) => embedWorkgroups(spec, count),
      ),
    );
  }
  return steps;
}

/** A step of little arithmetic. */
export function plain(kernel: Kernel, buffers: readonly string[], workgroups: Step['workgroups']): Step {
  return { kernel, buffers, workgroups, cost: () => 0 };
}

function matrixBuffers(matrix: MatrixPlan, { name }: MatrixPart): string[] {
  return [`${name}.codes`, hasScales(matrix) ? `${name}.scales` : unused];
}

function hasScales({ format }: MatrixPlan): boolean {
  return format === 'q8' || format === 'q4';
}

function productCost(rows: number, columns: number): number {
  return 2 * rows * columns;
}
