/** A model in training as the agent sees it: sessions run on its present weights, the adapter in its place. */
import * as tf from '@tensorflow/tfjs-core';
import type { ProcessedImage } from '@agentiad/core/image/processor.ts';
import type { Backbone, ModelCard } from '@agentiad/core/model/backbone.ts';
import type { LaneParts } from '@agentiad/core/model/lanes.ts';
import { createSession, createSessions } from '@agentiad/core/model/session.ts';
import { visionEmbeds } from '@agentiad/core/model/vision.ts';
import type { Tokenizer } from '@agentiad/core/tokenizer/tokenizer.ts';
import { projection } from '../nn/gradients.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';

export interface PolicyBackbone extends Backbone {
  /** Tokens are drawn where their logits stay: reading them all is extra work. */
  readonly drawsOnDevice: boolean;
  /** Call after the weights changed, with no session open. */
  refresh(): Promise<void>;
}

export function createPolicyBackbone(
  model: TrainingModel,
  parts: { readonly tokenizer: Tokenizer; readonly card: ModelCard },
): PolicyBackbone {
  const { config } = model;
  const embeddings = new Map<string, tf.Tensor2D>();
  const forget = () => {
    tf.dispose([...embeddings.values()]);
    embeddings.clear();
  };
  const embedImage = (image: ProcessedImage): tf.Tensor2D => {
    const key = `${image.sha256} ${image.grid.height} ${image.grid.width}`;
    const embeds = embeddings.get(key) ?? visionEmbeds(model.params, config, image.pixelValues, [image.grid]);
    embeddings.set(key, embeds);
    return embeds;
  };
  const laneParts = (): LaneParts => {
    return { config, params: model.params, embedImage, project: projection(model, true), pause: nextTurn };
  };
  return {
    ...parts,
    config,
    drawsOnDevice: false,
    refresh: async () => forget(),
    createSession: () => createSession(laneParts()),
    createSessions: (count) => createSessions(laneParts(), count),
    /** The model stays its owner's. */
    dispose: forget,
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
