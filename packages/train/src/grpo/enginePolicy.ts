/**
 * The policy on the engine: rollouts run on its quantised-inference kernels with the present weights of the model in
 * training, which are written into the engine's buffers after every update; pipelines and buffers stay.
 */
import type { EngineStats } from '@agentiad/core/engine/engine.ts';
import { createEngineBackbone } from '@agentiad/core/engine/engine.ts';
import type { EngineOptions } from '@agentiad/core/engine/options.ts';
import type { ModelCard } from '@agentiad/core/model/backbone.ts';
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';
import type { PolicyBackbone } from './policyBackbone.ts';
import { createPolicyWeights } from './policyWeights.ts';

/** Throws the engine's UserErrors. `device` stays the caller's. */
export async function createEnginePolicy(
  model: TrainingModel,
  parts: { readonly tokenizer: Tokenizer; readonly card: ModelCard },
  device: GPUDevice,
  options: Partial<EngineOptions> = {},
): Promise<PolicyBackbone & Pick<EngineStats, 'dispatchesPerToken'>> {
  const { encoded, isTrained, forget } = createPolicyWeights(model);
  const loaded = { ...parts, config: model.config };
  const engine = await createEngineBackbone({ device, loaded, encoded, options });
  return {
    ...parts,
    config: model.config,
    drawsOnDevice: true,
    dispatchesPerToken: engine.stats.dispatchesPerToken,
    createSession: () => engine.createSession(),
    createSessions: (count) => engine.createSessions(count),
    async refresh() {
      forget();
      await engine.reload(isTrained);
    },
    dispose: () => engine.dispose(),
  };
}
