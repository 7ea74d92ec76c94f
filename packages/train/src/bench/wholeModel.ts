/** The whole model through the engine, as a user would feel it: images, prompts, tokens, memory, an inspection. */
import { createEngineBackbone, type EngineBackbone } from '@agentiad/core/engine/engine.ts';
import type { BenchGpu } from '@agentiad/core/engine/microBenchCeilings.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { LoadedModel } from '@agentiad/core/model/loadModel.ts';
import { greedy } from '@agentiad/core/model/sampler.ts';
import type { EncodedWeights } from '@agentiad/core/model/weightSource.ts';
import type { Budget } from './budget.ts';
import { randomImage, textIds } from './inputs.ts';
import { runInspection } from './inspection.ts';
import { derived, measured, type Figure } from './result.ts';

export const imageSizes = [
  [448, 448],
  [896, 896],
  [1288, 728],
] as const;
export const prefillLengths = [256, 1024] as const;
export const decodeContexts = [128, 1024, 4096] as const;

const samples = 5;
const tokensPerSample = 32;
const context = 8192;

export interface WholeModelOptions {
  readonly gpu: BenchGpu;
  readonly loaded: Pick<LoadedModel, 'config' | 'tokenizer' | 'card'>;
  readonly encoded: EncodedWeights;
  readonly budget: Budget;
  readonly clock: () => number;
}

export interface WholeModel {
  readonly figures: readonly Figure[];
  /** Seconds of a token at the first of `decodeContexts`, or null when it was not measured. */
  readonly tokenSeconds: number | null;
}

export async function measureWholeModel(options: WholeModelOptions): Promise<WholeModel> {
  const { gpu, loaded, encoded, budget, clock } = options;
  const { device } = gpu;
  const { config } = loaded;
  const figures: Figure[] = [];
  const started = clock();
  const engine = await createEngineBackbone({
    device,
    loaded,
    encoded,
    options: { context, capabilities: gpu.capabilities },
  });
  figures.push(derived('load', 'weights to GPU and kernels compiled', (clock() - started) / 1000, 's'));
  /** Milliseconds until the GPU has done what `work` asked for. */
  const time = async (work: () => Promise<unknown>): Promise<number> => {
    const from = clock();
    await work();
    await device.queue.onSubmittedWorkDone();
    return clock() - from;
  };
  let tokenSeconds: number | null = null;
  try {
    for (const length of fitting(decodeContexts, config)) {
      await budget.attempt(`decode at ${length}`, async () => {
        const ms = await withSession(engine, async (session) => {
          await session.prefill(textIds(length, config), []);
          return repeatedly(() =>
            time(() => session.generate({ maxNewTokens: tokensPerSample, sampler: greedy, stopIds: [] })),
          );
        });
        const rates = ms.map((one) => (1000 * tokensPerSample) / one);
        const figure = measured('decode', `at context ${length}`, rates, 'tokens/s');
        figures.push(figure);
        tokenSeconds ??= 1 / figure.value;
      });
    }
    for (const length of fitting(prefillLengths, config)) {
      await budget.attempt(`prefill ${length}`, async () => {
        const ms = await repeatedly(() =>
          withSession(engine, (session) => time(() => session.prefill(textIds(length, config), []))),
        );
        figures.push(
          measured(
            'prefill',
            `${length} tokens`,
            ms.map((one) => (1000 * length) / one),
            'tokens/s',
          ),
        );
      });
    }
    for (const [width, height] of imageSizes) {
      await budget.attempt(`vision ${width}x${height}`, async () => {
        const encode = () => engine.internals.images.embed([randomImage(config.vision, width, height)]);
        figures.push(measured('vision', `image ${width}x${height}`, await repeatedly(() => time(encode)), 'ms'));
      });
    }
    await budget.attempt('scripted inspection', async () => {
      const ms = await repeatedly(() => runInspection(engine, clock));
      figures.push(
        measured(
          'inspection',
          'three images, 300 tokens: to verdict',
          ms.map((one) => one / 1000),
          's',
        ),
      );
    });
    const { dispatchesPerToken, gpuBytes, peakGpuBytes } = engine.stats;
    const { heapUsed, rss } = process.memoryUsage();
    figures.push(
      derived('decode', 'dispatches per token', dispatchesPerToken, 'dispatches'),
      derived('memory', 'GPU memory held', gpuBytes, 'bytes'),
      derived('memory', 'GPU memory at most', peakGpuBytes, 'bytes'),
      derived('memory', 'JavaScript heap', heapUsed, 'bytes'),
      derived('memory', 'process, resident', rss, 'bytes'),
    );
    return { figures, tokenSeconds };
  } finally {
    engine.dispose();
  }
}

/** One run to warm up, then the samples. */
async function repeatedly(run: () => Promise<number>): Promise<number[]> {
  await run();
  const ms: number[] = [];
  while (ms.length < samples) ms.push(await run());
  return ms;
}

async function withSession<T>(
  engine: EngineBackbone,
  use: (session: ReturnType<EngineBackbone['createSession']>) => Promise<T>,
): Promise<T> {
  const session = engine.createSession();
  try {
    return await use(session);
  } finally {
    session.dispose();
  }
}

/** Lengths that leave room for what is generated. */
function fitting(lengths: readonly number[], { text }: ModelConfig): number[] {
  const room = Math.min(context, text.maxPositions) - (samples + 1) * tokensPerSample;
  return lengths.filter((length) => length <= room);
}
