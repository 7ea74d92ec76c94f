/** What parity asks of a forward pass, stage by stage; the model path here, the engine in engine/parityForward.ts. */
import * as tf from '@tensorflow/tfjs-core';
import type { ProcessedImage } from '../image/processor.ts';
import type { Session } from './backbone.ts';
import type { ModelConfig } from './config.ts';
import { headLogits, languageHidden } from './language.ts';
import { disposeParams, loadParams } from './params.ts';
import { createSession } from './session.ts';
import { visionEmbeds } from './vision.ts';
import type { RowSource } from './weightSource.ts';

export interface LogitsRequest {
  /** Prompts of one length, images expanded. */
  readonly ids: readonly (readonly number[])[];
  /** [3, B, T]. */
  readonly positionIds: Int32Array;
  /** Embeddings [M, D] of the image ids of all prompts in order, or null. */
  readonly embeds: Float32Array | null;
}

export interface ParityForward {
  /** Embeddings [M, D] of the images one after the other. */
  imageEmbeds(images: readonly ProcessedImage[]): Promise<Float32Array>;
  /** Logits [B, T, V] at every token. */
  logits(request: LogitsRequest): Promise<Float32Array>;
  /** A session as the agent uses it. */
  createSession(): Session;
  dispose(): void;
}

export type OpenForward = (config: ModelConfig, weights: RowSource) => Promise<ParityForward>;

/** The model path on the active TensorFlow.js backend. */
export const openModelForward: OpenForward = async (config, weights) => {
  const params = await loadParams(config, weights);
  const owned: tf.Tensor[] = [];
  return {
    async imageEmbeds(images) {
      const grids = images.map(({ grid }) => grid);
      const embeds = visionEmbeds(params, config, concatenatePixels(images), grids);
      const values = await embeds.data<'float32'>();
      embeds.dispose();
      return values;
    },
    async logits({ ids: rows, positionIds, embeds }) {
      const ids = Int32Array.from(rows.flat());
      const logits = tf.tidy(() => {
        const visual = embeds && {
          embeds: tf.tensor2d(embeds, [embeds.length / config.text.hiddenSize, config.text.hiddenSize]),
          positions: Int32Array.from(ids.keys()).filter((at) => ids[at] === config.special.image),
        };
        const lengths = rows.map((row) => row.length);
        const hidden = languageHidden(params, config, { ids, positionIds, lengths, visual });
        return headLogits(params, config, hidden);
      });
      const values = await logits.data<'float32'>();
      logits.dispose();
      return values;
    },
    createSession: () =>
      createSession({
        config,
        params,
        embedImage(image) {
          const embeds = visionEmbeds(params, config, image.pixelValues, [image.grid]);
          owned.push(embeds);
          return embeds;
        },
        pause: async () => {},
      }),
    dispose() {
      tf.dispose(owned);
      disposeParams(params);
    },
  };
};

/** Pixels of several images one after the other. */
export function concatenatePixels(images: readonly ProcessedImage[]): Float32Array {
  const all = new Float32Array(images.reduce((sum, { pixelValues }) => sum + pixelValues.length, 0));
  let at = 0;
  for (const { pixelValues } of images) {
    all.set(pixelValues, at);
    at += pixelValues.length;
  }
  return all;
}
