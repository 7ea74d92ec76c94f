/** How fast the machine trains: a short measurement of matrix products in the sizes of the run's own linear layers. */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '@agentiad/core/model/config.ts';

export interface Speed {
  /** Operations a second that training is expected to sustain. */
  readonly rate: number;
  /** How it was found, for people. */
  readonly source: string;
}

/**
 * Share of the rate of bare matrix products that a whole training step is expected to reach. On the safe side: nano
 * reached 0.57 on wasm (650 ms a step of 1.3e10 operations, products at 34 GFLOP/s); of a GPU 0.3 is asked.
 */
export const TRAINING_SHARE = 0.3;

/** The fastest of so many rounds counts: other work on the machine makes rounds slower, nothing makes them faster. */
const ROUNDS = 10;
const ROUND_MS = 100;

/** On the current backend: products of [tokens, hidden] with [hidden, intermediate] for about a second. */
export async function probeSpeed(config: ModelConfig, tokens: number, adapter: string): Promise<Speed> {
  const { hiddenSize, intermediateSize } = config.text;
  const [x, weight] = [tf.randomUniform([tokens, hiddenSize]), tf.randomUniform([hiddenSize, intermediateSize])];
  const round = async (count: number): Promise<number> => {
    const started = performance.now();
    for (let i = 1; i < count; i++) tf.matMul(x, weight).dispose();
    const last = tf.matMul(x, weight);
    const first = tf.slice(last, [0, 0], [1, 1]);
    await first.data(); // waits for what was queued before
    tf.dispose([last, first]);
    return performance.now() - started;
  };
  await round(1); // compiles
  const count = Math.max(1, Math.min(1000, Math.round(ROUND_MS / (await round(1)))));
  let ms = Infinity;
  for (let i = 0; i < ROUNDS; i++) ms = Math.min(ms, await round(count));
  tf.dispose([x, weight]);
  const rate = (2 * tokens * hiddenSize * intermediateSize * count) / (ms / 1000);
  return {
    rate: TRAINING_SHARE * rate,
    source:
      `${(rate / 1e9).toFixed(1)} GFLOP/s measured in products of [${tokens}, ${hiddenSize}] and ` +
      `[${hiddenSize}, ${intermediateSize}] on ${adapter}; training is expected to reach ${TRAINING_SHARE * 100} % of it`,
  };
}
