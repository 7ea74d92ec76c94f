/** Qwen2.5-VL on whichever TensorFlow.js backend is active: loads the weights and hands out sessions. */
import * as tf from '@tensorflow/tfjs-core';
import type { ProcessedImage } from '../image/processor.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { Backbone, ModelCard } from './backbone.ts';
import type { ModelConfig } from './config.ts';
import { disposeParams, loadParams } from './params.ts';
import { createSession, createSessions } from './session.ts';
import { visionEmbeds } from './vision.ts';
import type { WeightSource } from './weightSource.ts';

/** Image embeddings kept for reuse, in language tokens; the least recently used go first. */
const maxCachedTokens = 16384;

export interface BackboneOptions {
  readonly config: ModelConfig;
  readonly weights: WeightSource;
  readonly tokenizer: Tokenizer;
  readonly card: ModelCard;
  /** Gives the host's event loop a turn, so that an abort can arrive; by default a zero timeout. */
  readonly pause?: () => Promise<void>;
}

/** Loads the model onto the active backend. Throws a UserError when weights are missing or damaged. */
export async function createBackbone(options: BackboneOptions): Promise<Backbone> {
  const { config, weights, tokenizer, card, pause = pauseOnTimer } = options;
  const params = await loadParams(config, weights, { maxTensorBytes: bindingLimitBytes() });
  const embeddings = new Map<string, tf.Tensor2D>();

  const embedImage = (image: ProcessedImage): tf.Tensor2D => {
    const key = `${image.sha256} ${image.grid.height} ${image.grid.width}`;
    const embeds = embeddings.get(key) ?? visionEmbeds(params, config, image.pixelValues, [image.grid]);
    embeddings.delete(key);
    embeddings.set(key, embeds); // now the most recently used
    return embeds;
  };
  const trimEmbeddings = () => {
    let tokens = [...embeddings.values()].reduce((sum, embeds) => sum + embeds.shape[0], 0);
    for (const [key, embeds] of embeddings) {
      if (tokens <= maxCachedTokens) return;
      tokens -= embeds.shape[0];
      embeds.dispose();
      embeddings.delete(key);
    }
  };

  const parts = { config, params, embedImage, pause };
  return {
    config,
    tokenizer,
    card,
    createSession() {
      trimEmbeddings();
      return createSession(parts);
    },
    createSessions(count) {
      trimEmbeddings();
      return createSessions(parts, count);
    },
    dispose() {
      tf.dispose([...embeddings.values()]);
      embeddings.clear();
      disposeParams(params);
    },
  };
}

/** Largest buffer a webgpu kernel can bind; unlimited elsewhere. A larger table reads as zeros, without an error. */
export function bindingLimitBytes(): number {
  const backend = tf.backend() as { device?: Pick<GPUDevice, 'limits'> };
  return backend.device?.limits.maxStorageBufferBindingSize ?? Infinity;
}

/** `setTimeout` is the one timer that browsers, workers and Node share; core has no host types for it. */
function pauseOnTimer(): Promise<void> {
  const host = globalThis as unknown as { setTimeout(resume: () => void, ms: number): unknown };
  return new Promise((resolve) => host.setTimeout(resolve, 0));
}
