/**
 * Every kernel of the engine at the model's own shapes, timed alone: milliseconds, bytes or operations a second, and the
 * share of the ceiling. A kernel that runs in several layers is timed over all of them, so that on a GPU its weights come
 * from memory and not from a cache.
 */
import type { BenchGpu, SampleOptions } from '@agentiad/core/engine/microBenchCeilings.ts';
import { median } from '@agentiad/core/engine/microBenchTimer.ts';
import { cacheBytesPerToken } from '@agentiad/core/engine/microBenchPredict.ts';
import type { EnginePlan } from '@agentiad/core/engine/plan.ts';
import type { Step } from '@agentiad/core/engine/step.ts';
import type { VisionStep } from '@agentiad/core/engine/visionProgram.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { Ceilings } from './ceilings.ts';
import type { Budget } from './budget.ts';
import type { Lab } from './lab.ts';
import { measured, type Figure } from './result.ts';

/** Time of one run of a kernel, and what it was run on. */
export interface KernelTime {
  readonly ms: number;
  readonly rows: number;
  readonly cached: number;
}

export interface KernelTimes {
  readonly figures: Figure[];
  /** By `stepKey`. */
  readonly times: ReadonlyMap<string, KernelTime>;
}

export interface KernelOptions {
  readonly gpu: BenchGpu;
  readonly config: ModelConfig;
  readonly lab: Lab;
  readonly ceilings: Ceilings;
  readonly budget: Budget;
  /** Tokens in the cache while decoding. */
  readonly decodeCached: number;
  /** Rows of a prompt chunk. */
  readonly prefillRows: number;
}

/** Tells apart kernels that read different amounts with the same code. */
export function stepKey(step: Step): string {
  const isFull = step.buffers.includes('segments.images');
  return isFull ? `${step.kernel.label} full` : step.kernel.label;
}

interface Group {
  readonly key: string;
  readonly name: string;
  readonly steps: Step[];
  readonly rows: number;
  readonly cached: number;
  time(options: SampleOptions): Promise<number[]>;
}

export async function timeKernels(options: KernelOptions): Promise<KernelTimes> {
  const { gpu, config, lab, ceilings, budget } = options;
  const figures: Figure[] = [];
  const times = new Map<string, KernelTime>();
  const { isSoftware } = gpu.capabilities;
  for (const group of groupsOf(options)) {
    await budget.attempt(`kernel: ${group.name}`, async () => {
      const samples = await group.time({ samples: 5, minimumMs: isSoftware ? 0 : 50 });
      const ms = samples.map((one) => one / group.steps.length);
      const flops = operations(group.steps[0]!, group.rows, group.cached, config);
      const bytes = group.rows === 1 ? bytesOf(group.steps[0]!, lab.plan, group.cached, config) : 0;
      times.set(group.key, { ms: median(ms), rows: group.rows, cached: group.cached });
      const rate =
        bytes > 0 ? shareOfRead(bytes, median(ms), ceilings) : shareOfArithmetic(flops, median(ms), ceilings);
      figures.push(measured('kernel', group.name, ms, 'ms', rate ? { rate } : {}));
    });
  }
  return { figures, times };
}

function shareOfRead(bytes: number, ms: number, { readRate }: Ceilings): Figure['rate'] {
  const value = bytes / ms / 1e6;
  return { value, unit: 'GB/s', share: (value * 1e9) / readRate, ceiling: 'memory read' };
}

function shareOfArithmetic(flops: number, ms: number, { multiplyRate }: Ceilings): Figure['rate'] {
  if (flops === 0) return undefined;
  const value = flops / ms / 1e6;
  return { value, unit: 'GFLOP/s', share: (value * 1e9) / multiplyRate, ceiling: 'multiply-adds, f32' };
}

function groupsOf({ lab, config, decodeCached, prefillRows }: KernelOptions): Group[] {
  const { language, sample } = lab.plan;
  const groups: Group[] = [];
  const add = (what: string, steps: readonly Step[], rows: number, cached: number, time: Group['time'] | null) => {
    const byKey = new Map<string, Step[]>();
    for (const step of steps) byKey.set(stepKey(step), [...(byKey.get(stepKey(step)) ?? []), step]);
    for (const [key, own] of byKey) {
      const timeOwn = time ?? ((options: SampleOptions) => lab.timeLanguage(own, rows, cached, options));
      groups.push({ key, name: `${what}: ${key}`, steps: own, rows, cached, time: timeOwn });
    }
  };
  add('decode', language.decode, 1, decodeCached, null);
  add('head', language.head, 1, decodeCached, null);
  add('sampler', sample, 1, decodeCached, null);
  add('prefill', language.prefill, prefillRows, decodeCached, null);
  if (lab.patches === 0) return groups;
  lab.plan.vision.forEach((stage, index) => {
    const isBlock = index > 0 && index < lab.plan.vision.length - 1;
    // One windowed and one full block stand for all.
    const firstFull = config.vision.fullAttentionBlocks[0];
    if (isBlock && index !== 1 && index - 1 !== firstFull) return;
    for (const step of stage.steps as readonly VisionStep[]) {
      const key = stepKey(step);
      if (groups.some((group) => group.key === key)) continue;
      const rows = step.over === 'groups' ? lab.patches / config.vision.mergeSize ** 2 : lab.patches;
      const time = (options: SampleOptions) => lab.timeVision(index, [step], options);
      groups.push({ key, name: `vision: ${key}`, steps: [step], rows, cached: 0, time });
    }
  });
  return groups;
}

/** Operations of a step, attention over what is really cached. */
export function operations(step: Step, rows: number, cached: number, { text }: ModelConfig): number {
  if (!isCacheAttention(step)) return step.cost(rows);
  return 4 * rows * (cached + (rows + 1) / 2) * text.heads * text.headDim;
}

export function isCacheAttention(step: Step): boolean {
  return step.kernel.label.startsWith('attention') && step.buffers.some((name) => name.startsWith('kv.'));
}

/** Bytes of weights, or of keys and values, that one row's step reads. */
function bytesOf(step: Step, plan: EnginePlan, cached: number, config: ModelConfig): number {
  if (isCacheAttention(step)) return (cacheBytesPerToken(config, plan.language.kv) * cached) / config.text.layers;
  for (const { parts } of plan.weights.language.matrices.values()) {
    const part = parts.find(({ name }) => step.buffers.includes(`${name}.codes`));
    if (part && !step.kernel.label.startsWith('embed')) return part.bytes.codes + part.bytes.scales;
  }
  return 0;
}
