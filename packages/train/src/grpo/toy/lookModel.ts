/** The tiny model of the look task, and its supervised start: it knows the protocol, but seldom looks. */
import { systemPrompt, userPrompt } from '@agentiad/core/agent/prompt.ts';
import type { LoadedModel } from '@agentiad/core/agent/request.ts';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import { MODES } from '@agentiad/core/protocol/modes.ts';
import { createRandom, mixSeed } from '@agentiad/core/support/random.ts';
import type { NanoSizes } from '../../nano/folder.ts';
import { nanoFiles, nanoTokenizerFiles } from '../../nano/folder.ts';
import type { TrainingModel } from '../../nn/trainingModel.ts';
import { createTrainingModel } from '../../nn/trainingModel.ts';
import { trainSft } from '../../sft/train.ts';
import { modelWithoutWeights } from '../../trajectories/runModel.ts';
import type { PolicyBackbone } from '../policyBackbone.ts';
import { createPolicyBackbone } from '../policyBackbone.ts';
import { demonstrateLook, LOOK_TEXTS, LOOK_TYPES, lookCases, VIEW_SIDE } from './lookTask.ts';

const SIZES: NanoSizes = {
  vocabSize: 700,
  hiddenSize: 32,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  intermediateSize: 64,
  mropeSection: [1, 2, 1],
  vision: { hiddenSize: 16, depth: 1, heads: 2, intermediateSize: 24, fullAttentionBlocks: [0] },
  viewPixels: VIEW_SIDE * VIEW_SIDE,
};

export interface LookModel {
  readonly training: TrainingModel;
  readonly backbone: PolicyBackbone;
  readonly loaded: LoadedModel;
  dispose(): void;
}

export async function createLookModel(seed: number): Promise<LookModel> {
  const prompt = [
    systemPrompt(MODES.pz),
    ...userPrompt({ category: 'tile', types: LOOK_TYPES, offered: MODES.pz }).map((part) =>
      part.type === 'text' ? part.text : '',
    ),
    '\nHere is the cropped image (Image Size: 56x56):',
    ...LOOK_TEXTS,
  ];
  // Twice: only what repeats is merged.
  const frame = modelWithoutWeights(nanoFiles(SIZES, nanoTokenizerFiles([...prompt, ...prompt], SIZES.vocabSize)));
  const { config } = frame.backbone;
  const weights = createRandomWeights(config, seed);
  const training = await createTrainingModel({
    config,
    processor: frame.processor,
    weights,
    frozen: 'none',
    recompute: false,
  });
  const backbone = createPolicyBackbone(training, frame.backbone);
  return {
    training,
    backbone,
    loaded: { ...frame, backbone },
    dispose() {
      backbone.dispose();
      training.dispose();
    },
  };
}

/**
 * Supervised start in two phases: first demonstrations that all look, which teach the protocol and what the pattern looks
 * like, then some that mostly do not, which teach not to look.
 */
export async function warmUp(model: LookModel, seed: number): Promise<void> {
  const random = createRandom(mixSeed('warm', seed));
  for (const { name, count, steps, lookShare, learningRate } of PHASES) {
    const trajectories = [];
    for (const example of lookCases(count, mixSeed(name, seed))) {
      trajectories.push(await demonstrateLook(example, model.loaded, random.next() < lookShare));
    }
    const settings = {
      steps,
      batchSize: 4,
      learningRate,
      warmup: 0.05,
      weightDecay: 0,
      maxNorm: 1,
      mask: 'all-assistant',
    } as const;
    await trainSft({ model: model.training, trajectories, random, settings, afterStep: async () => undefined });
  }
  await model.backbone.refresh();
}

const PHASES = [
  { name: 'looking', count: 160, steps: 220, lookShare: 1, learningRate: 4e-3 },
  { name: 'lazy', count: 80, steps: 40, lookShare: 0.4, learningRate: 2e-3 },
] as const;
