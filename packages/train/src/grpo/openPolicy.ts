/** Where rollouts run (`grpo.rollouts.on`): on the engine where there is a real GPU, else on the model in training itself. */
import type { ModelCard } from '@agentiad/core/model/backbone.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import type { HostDevice } from '../host/device.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';
import { createEnginePolicy } from './enginePolicy.ts';
import type { PolicyBackbone } from './policyBackbone.ts';
import { createPolicyBackbone } from './policyBackbone.ts';

export interface RolloutPlace {
  /** `auto`: the engine on a hardware adapter that it fits on, else the model path. */
  readonly on: 'auto' | 'model' | 'engine';
}

export interface OpenedPolicy {
  readonly backbone: PolicyBackbone;
  readonly on: 'model' | 'engine';
}

/** Throws a UserError where the engine is asked for and there is no GPU, or where it does not start. */
export async function openPolicy(
  { on }: RolloutPlace,
  model: TrainingModel,
  parts: { readonly tokenizer: Tokenizer; readonly card: ModelCard },
  gpu: HostDevice | null,
  say: (text: string) => void,
): Promise<OpenedPolicy> {
  const modelPath = (): OpenedPolicy => ({ backbone: createPolicyBackbone(model, parts), on: 'model' });
  if (on === 'model' || (on === 'auto' && (!gpu || gpu.info.isFallbackAdapter))) return modelPath();
  if (!gpu) {
    throw new UserError({
      code: 'no-adapter',
      subject: 'grpo.rollouts.on',
      reason: 'the engine needs WebGPU, and this run computes without it.',
      remedy: 'Use --backend webgpu, or "auto" or "model".',
    });
  }
  try {
    return { backbone: await createEnginePolicy(model, parts, gpu.device), on: 'engine' };
  } catch (error) {
    if (on === 'engine' || !(error instanceof UserError)) throw error;
    say(`Rollouts run on the model in training, because the engine does not start: ${error.message}`);
    return modelPath();
  }
}
