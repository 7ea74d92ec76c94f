/** What the adapter can do at most: memory, arithmetic, dispatches. Everything else is held against these. */
import {
  measureCopy,
  measureDispatch,
  measureMultiply,
  measureRead,
  rateOf,
  type BenchGpu,
  type Sampled,
  type SampleOptions,
} from '@agentiad/core/engine/microBenchCeilings.ts';
import { measured, type Figure, type Unit } from './result.ts';

export interface Ceilings {
  readonly figures: readonly Figure[];
  /** Bytes a second. */
  readonly readRate: number;
  /** Operations a second in f32. */
  readonly multiplyRate: number;
  /** Seconds of an empty dispatch that depends on the one before, by the host's clock. */
  readonly dispatchSeconds: number;
}

const gibibyte = 2 ** 30;

export async function measureCeilings(gpu: BenchGpu, clock: () => number): Promise<Ceilings> {
  const { isSoftware, tier } = gpu.capabilities;
  const options: SampleOptions = { samples: 5, minimumMs: isSoftware ? 0 : 50 };
  const bytes = isSoftware ? gibibyte / 8 : gibibyte;
  const read = await measureRead(gpu, bytes, options);
  const copy = await measureCopy(gpu, bytes, options.samples, clock);
  const f32 = await measureMultiply(gpu, 'f32', options);
  const f16 = tier === 2 ? await measureMultiply(gpu, 'f16', options) : null;
  const { wall, gpu: stamped } = await measureDispatch(gpu, isSoftware ? 200 : 2000, options.samples);
  const size = `${(read.work / 2 ** 20).toFixed(0)} MiB`;
  const figures = [
    rateFigure(`memory read, reduction over ${size}`, read, 'GB/s'),
    rateFigure('memory copy, bytes read and written', copy, 'GB/s'),
    rateFigure('multiply-adds in registers, f32', f32, 'GFLOP/s'),
    ...(f16 ? [rateFigure('multiply-adds in registers, f16', f16, 'GFLOP/s')] : []),
    dispatchFigure('empty dependent dispatch, encoding included', wall),
    ...(stamped ? [dispatchFigure('empty dependent dispatch, on the GPU', stamped)] : []),
  ];
  return { figures, readRate: rateOf(read), multiplyRate: rateOf(f32), dispatchSeconds: 1 / rateOf(wall) };
}

function rateFigure(name: string, { work, ms }: Sampled, unit: Unit): Figure {
  return measured(
    'ceiling',
    name,
    ms.map((one) => work / one / 1e6),
    unit,
  );
}

function dispatchFigure(name: string, { work, ms }: Sampled): Figure {
  return measured(
    'ceiling',
    name,
    ms.map((one) => (1000 * one) / work),
    'µs',
  );
}
