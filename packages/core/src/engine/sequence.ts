/**
 * One sequence on the GPU: its key-value cache, logits and sampler, and the recorded dispatches bound to them. It knows
 * tokens, places and positions; what they mean is the session's business.
 */
import { passFields, rowStride } from '../kernels/layout.ts';
import type { Pipelines } from '../kernels/pipelines.ts';
import {
  idMask,
  readSamplerResult,
  samplerSettings,
  type SampledStep,
  type SamplerBatch,
} from '../kernels/sampler/layout.ts';
import type { AbortSignalLike } from '../model/backbone.ts';
import { imageIds, type ModelConfig } from '../model/config.ts';
import { bindSteps, resolveIn } from './bind.ts';
import type { DeviceGuard } from './deviceGuard.ts';
import { usages, type Buffers, type GpuMemory } from './gpuMemory.ts';
import type { EnginePlan } from './plan.ts';
import type { Copy, Dispatch, Submitter, Work } from './submitter.ts';

/** Rows of an image's embeddings, from `row` on, that stand for tokens [token, token + count) of what is fed. */
export interface EmbedRun {
  readonly token: number;
  readonly count: number;
  readonly embeds: GPUBuffer;
  readonly row: number;
}

export interface Fed {
  readonly ids: readonly number[];
  /** [3, ids.length]: temporal, row and column position of every token. */
  readonly positions: Int32Array;
  readonly runs: readonly EmbedRun[];
  /** Tokens before them in the cache. */
  readonly cached: number;
}

export interface DecodeBatch extends SamplerBatch {
  /** Generated before and not yet in the cache: goes through the model first. Null: the logits are there. */
  readonly waiting: number | null;
  readonly cached: number;
  /** Position of the token at `cached`. */
  readonly position: number;
  /** Ids that may be drawn, when `isMasked`. */
  readonly allowed: readonly number[];
  readonly steps: number;
}

export interface Sequence {
  /** Keys, values and logits. */
  readonly state: readonly GPUBuffer[];
  /** Goes on from where `other` is. */
  copyFrom(other: Sequence): Promise<void>;
  /** Runs tokens through the model in chunks and leaves the logits after the last. False when `signal` ended it. */
  feed(fed: Fed, signal?: AbortSignalLike): Promise<boolean>;
  /** One chunk, at most `chunkRows` tokens, without logits. */
  feedChunk(fed: Fed): Promise<void>;
  /** Logits after row `row` of the last chunk, for `readLogits`. */
  head(row: number): Promise<void>;
  /** Draws `steps` tokens one after the other, without a look from the host in between. */
  decode(batch: DecodeBatch): Promise<SampledStep[]>;
  /** The present logits [V]. */
  readLogits(): Promise<Float32Array>;
  /** Puts logits back that `readLogits` gave. */
  writeLogits(logits: Float32Array): void;
}

export interface SequenceParts {
  readonly config: ModelConfig;
  readonly plan: EnginePlan;
  readonly pipelines: Pipelines;
  readonly guard: DeviceGuard;
  readonly memory: GpuMemory;
  readonly submitter: Submitter;
  /** Weights and activations. */
  readonly shared: ReadonlyMap<string, GPUBufferBinding | GPUBuffer>;
}

const smallestChunk = 32;

export async function createSequence(parts: SequenceParts): Promise<Sequence> {
  const { config, plan, pipelines, guard, memory, submitter, shared } = parts;
  const { device } = pipelines;
  const { queue } = device;
  const { sampler, chunkRows } = plan;
  const { vocabSize, hiddenSize } = config.text;
  const readBytes = Math.max(sampler.bytes.result, 4 * vocabSize);
  const buffers: Buffers = await memory.allocate(`a context of ${plan.context} tokens`, [
    ...plan.sequenceBuffers,
    { name: 'read', bytes: readBytes, usage: usages.mapRead | usages.copyTarget },
  ]);
  const buffer = (name: string) => buffers.get(name)!;
  const resolve = resolveIn(buffers, shared);
  const [decode, embed, prefill, head, sample] = await Promise.all(
    [plan.language.decode, plan.language.embed, plan.language.prefill, plan.language.head, plan.sample].map((steps) =>
      bindSteps(pipelines, steps, resolve),
    ),
  ).catch((error: unknown) => {
    memory.release(buffers);
    throw error;
  });
  const oneToken: readonly Dispatch[] = [...decode!, ...head!].map((step) => step.at(1));
  const oneHead: readonly Dispatch[] = head!.map((step) => step.at(1));
  const oneSample: readonly Dispatch[] = sample!.map((step) => step.at(1));
  const dearest = Math.max(...plan.language.prefill.map((step) => step.cost(1)));
  queue.writeBuffer(buffer('masks'), 0, idMask(vocabSize, imageIds(config)));
  const x = resolve('x').buffer;
  const rowBytes = 4 * rowStride(hiddenSize);

  const writePass = (cached: number, logitsRow: number, rows: readonly (readonly number[])[]) => {
    const words = new Uint32Array(passFields.positions + 3 * rows.length);
    words[passFields.rows] = rows.length;
    words[passFields.cached] = cached;
    words[passFields.logitsRow] = logitsRow;
    rows.forEach((row, i) => words.set(row, passFields.positions + 3 * i));
    queue.writeBuffer(buffer('pass'), 0, words);
  };

  const chunkWork = ({ ids, positions, runs, cached }: Fed, start: number, count: number): Work[] => {
    const rows = Array.from({ length: count }, (_, t) =>
      [0, 1, 2].map((axis) => positions[axis * ids.length + start + t]!),
    );
    writePass(cached + start, count - 1, rows);
    queue.writeBuffer(buffer('ids'), 0, Uint32Array.from(ids.slice(start, start + count)));
    const copies = runs.flatMap((run): Copy[] => {
      const first = Math.max(start, run.token);
      const last = Math.min(start + count, run.token + run.count);
      if (first >= last) return [];
      return [
        {
          from: run.embeds,
          fromOffset: (run.row + first - run.token) * rowBytes,
          to: x,
          toOffset: (first - start) * rowBytes,
          bytes: (last - first) * rowBytes,
        },
      ];
    });
    const steps = (list: typeof embed) => list!.map((step) => step.at(count));
    return [...steps(embed), ...copies, ...steps(prefill)];
  };

  const feedMany = async (fed: Fed, signal?: AbortSignalLike): Promise<boolean> => {
    const { length } = fed.ids;
    for (let start = 0; start < length;) {
      const fitting = Math.floor(submitter.rowsPerSubmit('prefill', dearest) / smallestChunk) * smallestChunk;
      const count = Math.min(length - start, chunkRows, Math.max(smallestChunk, fitting));
      const work = chunkWork(fed, start, count);
      if (start + count === length) work.push(...oneHead);
      if (!(await submitter.run('prefill', 'reading the prompt', work, signal))) return false;
      start += count;
      if (start < length && signal?.aborted) return false;
    }
    return true;
  };

  /** Copies `bytes` of `from` to the host after everything submitted so far. */
  const read = async (
    kind: 'decode' | 'prefill',
    what: string,
    work: readonly Work[],
    from: GPUBuffer,
    bytes: number,
  ) => {
    const to = buffer('read');
    await submitter.run(kind, what, [...work, { from, fromOffset: 0, to, toOffset: 0, bytes }]);
    await guard.wait(to.mapAsync(usages.mapRead, 0, bytes), what);
    const copy = to.getMappedRange(0, bytes).slice(0);
    to.unmap();
    return copy;
  };

  const state = [...buffers].flatMap(([name, own]) => (name === 'logits' || name.startsWith('kv.') ? [own] : []));

  return {
    state,
    async copyFrom(other) {
      const copies = other.state.map((from, i): Copy => {
        return { from, fromOffset: 0, to: state[i]!, toOffset: 0, bytes: from.size };
      });
      await submitter.run('prefill', 'sharing a prompt', copies);
    },
    async feed(fed, signal) {
      if (fed.ids.length > 1 || fed.runs.length > 0) return feedMany(fed, signal);
      writePass(fed.cached, 0, [Array.from(fed.positions)]);
      queue.writeBuffer(buffer('ids'), 0, Uint32Array.from(fed.ids));
      return submitter.run('decode', 'a token', oneToken, signal);
    },
    async feedChunk(fed) {
      await submitter.run('prefill', 'reading the prompt', chunkWork(fed, 0, fed.ids.length));
    },
    async head(row) {
      queue.writeBuffer(buffer('pass'), 4 * passFields.logitsRow, Uint32Array.of(row));
      await submitter.run('prefill', 'logits', oneHead);
    },
    async decode(batch) {
      const { waiting, steps, cached, position } = batch;
      // The sampler moves the pass on by a token: without a waiting one it starts one back.
      const back = waiting === null ? 1 : 0;
      writePass(cached - back, 0, [Array<number>(3).fill(position - back)]);
      if (waiting !== null) queue.writeBuffer(buffer('ids'), 0, Uint32Array.of(waiting));
      queue.writeBuffer(buffer('settings'), 0, samplerSettings(sampler, batch) as Uint32Array<ArrayBuffer>);
      if (batch.isMasked) {
        const mask = idMask(vocabSize, batch.allowed) as Uint32Array<ArrayBuffer>;
        queue.writeBuffer(buffer('masks'), sampler.allowedAt, mask);
      }
      queue.writeBuffer(buffer('result'), sampler.stepAt, Uint32Array.of(0));
      const work: Work[] = waiting === null ? [] : [...oneToken];
      for (let step = 0; step < steps; step++) work.push(...oneSample, ...(step < steps - 1 ? oneToken : []));
      const bytes = sampler.stepsAt + steps * sampler.stepBytes;
      return readSamplerResult(sampler, await read('decode', 'generating', work, buffer('result'), bytes), steps);
    },
    async readLogits() {
      return new Float32Array(await read('decode', 'reading logits', [], buffer('logits'), 4 * vocabSize));
    },
    writeLogits(logits) {
      queue.writeBuffer(buffer('logits'), 0, logits as Float32Array<ArrayBuffer>);
    },
  };
}
