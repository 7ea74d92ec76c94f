/**
 * The same int4 products and one whole decoder layer by this engine and by onnxruntime, in turn on the same adapter. Of
 * both, the time of a piece is (long chain - short chain) / pieces between them, by the clock; every piece has weights of
 * its own. onnxruntime may use either accuracy level, the faster one counts against us.
 */
import type { BenchGpu, SampleOptions } from '@agentiad/core/engine/microBenchCeilings.ts';
import { openBuffers, timeRepeated } from '@agentiad/core/engine/microBenchCeilings.ts';
import { createGpuTimer, median } from '@agentiad/core/engine/microBenchTimer.ts';
import type { Kernel, Workgroups } from '@agentiad/core/kernels/kernel.ts';
import { matrixBytes, passBytes, rowStride } from '@agentiad/core/kernels/layout.ts';
import { gemmKernel, gemmWorkgroups } from '@agentiad/core/kernels/linear/gemm.ts';
import { gemvKernel, gemvWorkgroups } from '@agentiad/core/kernels/linear/gemv.ts';
import { bindKernel, dispatch } from '@agentiad/core/kernels/pipelines.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { openLab } from './lab.ts';
import { createOrtPeer, type LayerJob, type LinearJob, type OrtPeer, type PeerJob } from './ortPeer.ts';
import { randomEncodedWeights } from './randomModel.ts';
import { compare, type BenchResult, type Comparison } from './result.ts';
import { oneLayer } from './shapes.ts';

const leastRounds = 5;
const mostRounds = 25;
/** Rounds go on for this long, where they are short: others may use the machine too. */
const roundsMs = 3000;
const layerContext = 128;
const prefillRows = 64;
const accuracyLevels = [0, 4];

export interface VersusOptions {
  readonly gpu: BenchGpu;
  readonly config: ModelConfig;
  /** For one shape and accuracy level, everything included. */
  readonly limitMs: number;
  readonly onProgress: (text: string) => void;
  readonly isDue: () => boolean;
}

export interface VersusResult {
  readonly comparisons: readonly Comparison[];
  readonly skipped: BenchResult['skipped'];
  readonly version: string;
}

type Counts = readonly [short: number, long: number];

/** Pieces of work of ours. */
interface Ours {
  /** Milliseconds of the first `count` pieces one after the other. */
  time(count: number): Promise<number>;
  dispose(): void;
}

interface Contest {
  readonly name: string;
  readonly target: number;
  readonly job: Omit<LinearJob, 'type' | 'accuracyLevel'> | Omit<LayerJob, 'type' | 'accuracyLevel'>;
  /** Chains of this engine and of onnxruntime have that many pieces. */
  readonly counts: Counts;
  readonly open: () => Promise<Ours>;
}

export async function runVersusOrt(options: VersusOptions): Promise<VersusResult> {
  const { onProgress } = options;
  const clock = () => performance.now();
  const gpu = { ...options.gpu, timer: createGpuTimer(options.gpu.device, clock, true) }; // the clock alone, as for them
  const peer = createOrtPeer();
  const type = gpu.capabilities.isSoftware || gpu.capabilities.tier < 2 ? 'f32' : 'f16';
  const comparisons: Comparison[] = [];
  const skipped: { name: string; reason: string }[] = [];
  let version = 'unknown';
  try {
    for (const contest of contests(gpu, options.config)) {
      if (options.isDue()) {
        skipped.push({ name: contest.name, reason: 'the time budget was spent' });
        continue;
      }
      onProgress(`${contest.name} against onnxruntime`);
      const results: Comparison[] = [];
      let ours: Ours | null = null;
      try {
        ours = await contest.open();
        for (const accuracyLevel of accuracyLevels) {
          const job: PeerJob = { ...contest.job, type, accuracyLevel };
          const times = await withLimit(options.limitMs, peer, () => contend(peer, job, ours!, contest.counts));
          version = times.version;
          const label = `onnxruntime-node ${version} WebGPU, ${type}, accuracy_level ${accuracyLevel}`;
          results.push(
            compare({
              name: contest.name,
              peer: label,
              ours: times.ours,
              theirs: times.theirs,
              target: contest.target,
            }),
          );
        }
      } catch (error) {
        skipped.push({ name: contest.name, reason: error instanceof Error ? error.message : String(error) });
      } finally {
        ours?.dispose();
      }
      // The faster of the two is the peer; the other is kept without a target.
      const best = Math.min(...results.map(({ ratio }) => ratio));
      comparisons.push(...results.map((result) => (result.ratio === best ? result : { ...result, target: null })));
    }
  } finally {
    peer.end();
  }
  return { comparisons, skipped, version };
}

async function contend(
  peer: OrtPeer,
  job: PeerJob,
  ours: Ours,
  counts: Counts,
): Promise<{ ours: number[]; theirs: number[]; version: string }> {
  const version = await peer.open(job, counts);
  const perPiece = (short: number, long: number) => (long - short) / (counts[1] - counts[0]);
  const times: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  const theirs = async () => {
    const [short, long] = await peer.time();
    times.theirs.push(perPiece(short!, long!));
  };
  for (const count of counts) await ours.time(count); // to warm up
  const started = performance.now();
  for (let round = 0; round < mostRounds; round++) {
    if (round >= leastRounds && performance.now() - started > roundsMs) break;
    if (round % 2 === 1) await theirs();
    times.ours.push(perPiece(await ours.time(counts[0]), await ours.time(counts[1])));
    if (round % 2 === 0) await theirs();
  }
  await peer.close();
  return { ...times, version };
}

async function withLimit<T>(limitMs: number, peer: OrtPeer, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => peer.end(), limitMs);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

function contests(gpu: BenchGpu, config: ModelConfig): Contest[] {
  const { isSoftware } = gpu.capabilities;
  const few: Counts = isSoftware ? [1, 3] : [2, 18];
  const many: Counts = isSoftware ? [2, 10] : [2, 34];
  const { hiddenSize, intermediateSize, heads, kvHeads, headDim } = config.text;
  const width = heads * headDim;
  const shapes = [
    { name: 'qkv', rows: width + 2 * kvHeads * headDim, columns: hiddenSize },
    { name: 'o', rows: hiddenSize, columns: width },
    { name: 'gate and up', rows: 2 * intermediateSize, columns: hiddenSize },
    { name: 'down', rows: hiddenSize, columns: intermediateSize },
  ];
  const linear = (m: number, what: string, target: number) =>
    shapes.map(({ name, rows, columns }): Contest => ({
      name: `${what} ${name} ${rows}x${columns}, M=${m}`,
      target,
      job: { kind: 'linear', m, rows, columns },
      counts: m === 1 ? many : few,
      open: () => openProduct(gpu, m, rows, columns, m === 1 ? many[1] : few[1]),
    }));
  const layer: Contest = {
    name: `decoder layer at decode, context ${layerContext}`,
    target: 1.2,
    job: {
      kind: 'layer',
      m: 1,
      context: layerContext,
      capacity: layerContext + 1,
      hidden: hiddenSize,
      heads,
      kvHeads,
      headDim,
      intermediate: intermediateSize,
    },
    counts: few,
    open: () => openLayer(gpu, config, few[1]),
  };
  const decodeTarget = isSoftware ? 1.3 : 1;
  return [...linear(1, 'decode', decodeTarget), layer, ...linear(prefillRows, 'prefill', 0.8)];
}

const onceWarm: SampleOptions = { samples: 1, minimumMs: 0, isWarm: true };

/** `copies` products with different weights, as in a model. */
async function openProduct(gpu: BenchGpu, m: number, rows: number, columns: number, copies: number): Promise<Ours> {
  const { device, pipelines } = gpu;
  const { kernel, workgroups } = product(gpu, m, rows, columns);
  const compiled = await pipelines.compile(kernel);
  const { codes, scales } = matrixBytes('q4', rows, columns);
  const activations = [4 * rowStride(columns) * m, 16, passBytes(m), 4 * rowStride(rows) * m];
  const sizes = [...activations, ...Array.from({ length: copies }, () => [codes, scales]).flat()];
  const { buffers, dispose } = await openBuffers(device, sizes);
  const [x, vectors, pass, out, ...weights] = buffers;
  device.queue.writeBuffer(pass!, 0, new Uint32Array([m, 0, 0, 0]));
  device.queue.writeBuffer(x!, 0, new Float32Array(x!.size / 4).fill(0.5));
  const noise = Uint8Array.from({ length: 65536 }, (_, i) => (i * 2654435761) >>> 24);
  const recorded = Array.from({ length: copies }, (_, i) => {
    const [codeBuffer, scaleBuffer] = weights.slice(2 * i, 2 * i + 2);
    for (let at = 0; at < codes; at += noise.length) {
      device.queue.writeBuffer(codeBuffer!, at, noise, 0, Math.min(noise.length, codes - at));
    }
    device.queue.writeBuffer(scaleBuffer!, 0, new Uint16Array(scales / 2).fill(0x1000));
    return bindKernel(device, compiled, [codeBuffer!, scaleBuffer!, x!, vectors!, pass!, out!]);
  });
  return {
    async time(count) {
      const record = (pass: GPUComputePassEncoder) => {
        for (const one of recorded.slice(0, count)) dispatch(pass, one, workgroups);
      };
      return median(await timeRepeated(gpu, record, onceWarm));
    },
    dispose,
  };
}

function product(
  { capabilities }: BenchGpu,
  m: number,
  rows: number,
  columns: number,
): { kernel: Kernel; workgroups: Workgroups } {
  const shape = { format: 'q4', rows, columns, hasBias: false, outStart: 0 } as const;
  if (m > 1) {
    const spec = { ...shape, epilogue: 'store', outWidth: rows } as const;
    return { kernel: gemmKernel(spec, capabilities), workgroups: gemmWorkgroups(spec, m, capabilities) };
  }
  const spec = { ...shape, norm: null, epilogue: { kind: 'store' }, inputRow: 'first' } as const;
  return { kernel: gemvKernel(spec, capabilities), workgroups: gemvWorkgroups(spec, capabilities) };
}

/** The decode steps of whole layers. */
async function openLayer(gpu: BenchGpu, config: ModelConfig, layers: number): Promise<Ours> {
  const one = oneLayer(config);
  const few = { ...one, text: { ...one.text, layers } };
  const lab = await openLab(gpu, few, randomEncodedWeights(few, { scheme: 'q4' }, 1), {
    context: 512,
    chunkRows: prefillRows,
    imageSide: null,
  });
  const { decode, embed } = lab.plan.language;
  const steps = decode.slice(embed.length);
  return {
    async time(count) {
      const first = steps.slice(0, (steps.length / layers) * count);
      return median(await lab.timeLanguage(first, 1, layerContext, onceWarm));
    },
    dispose: () => lab.dispose(),
  };
}
