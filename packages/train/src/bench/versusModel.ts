/** Decoding by the engine and by the plain TensorFlow.js model on the same device, in turn: same weights, same prompt. */
import { createEngineBackbone } from '@agentiad/core/engine/engine.ts';
import type { BenchGpu } from '@agentiad/core/engine/microBenchCeilings.ts';
import type { Backbone } from '@agentiad/core/model/backbone.ts';
import type { LoadedModel } from '@agentiad/core/model/loadModel.ts';
import { createBackbone } from '@agentiad/core/model/model.ts';
import { greedy } from '@agentiad/core/model/sampler.ts';
import { registerWebGpuBackend, unregisterWebGpuBackend } from '@agentiad/core/model/webgpuBackend.ts';
import { textIds } from './inputs.ts';
import { compare, type Comparison } from './result.ts';

const rounds = 5;
const promptTokens = 128;
const engineTokens = 32;
const modelTokens = 4;

export async function compareWithModelPath(
  { device, capabilities }: BenchGpu,
  info: GPUAdapterInfo,
  loaded: LoadedModel,
  clock: () => number,
): Promise<Comparison> {
  await registerWebGpuBackend(device, info);
  const model = await createBackbone(loaded);
  const engine = await createEngineBackbone({ device, loaded, encoded: loaded.encoded, options: { capabilities } });
  try {
    const ours = await decoding(engine, engineTokens, clock);
    const theirs = await decoding(model, modelTokens, clock);
    const times = { ours: [] as number[], theirs: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      times.ours.push(await ours());
      times.theirs.push(await theirs());
    }
    const peer = 'the plain TensorFlow.js model, WebGPU backend';
    return compare({ name: `decode after ${promptTokens} tokens, one token`, peer, ...times, target: 10 });
  } finally {
    engine.dispose();
    model.dispose();
    await device.queue.onSubmittedWorkDone();
    unregisterWebGpuBackend();
  }
}

/** Milliseconds a token of `tokens` more, after a first round to warm up. */
async function decoding(backbone: Backbone, tokens: number, clock: () => number): Promise<() => Promise<number>> {
  const session = backbone.createSession();
  await session.prefill(textIds(promptTokens, backbone.config), []);
  const run = async () => {
    const started = clock();
    await session.generate({ maxNewTokens: tokens, sampler: greedy, stopIds: [] });
    return (clock() - started) / tokens;
  };
  await run();
  return run;
}
