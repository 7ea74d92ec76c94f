import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { takeRows } from './embedding.ts';
import { headLogits, languageHidden } from './language.ts';
import { withGradient } from './ops.ts';
import { disposeParams, loadParams } from './params.ts';
import { mropePositions } from './positions.ts';
import { createRandomWeights } from './randomWeights.ts';
import { tinyConfig } from './tinyConfig.ts';
import { visionEmbeds } from './vision.ts';

const config = tinyConfig();
const grid = { height: 10, width: 12 };
const ids = Int32Array.from({ length: 40 }, (_, t) => (t >= 2 && t < 32 ? config.special.image : (t * 7) % 30));

/** Gradients of the sum of squares of a few logits, by parameter name, on the current backend. */
async function gradients(): Promise<Map<string, Float32Array>> {
  const params = await loadParams(config, createRandomWeights(config, 3));
  const variables = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, tf.variable(value)]));
  const before = tf.memory().numTensors;
  const random = createRandom(1);
  const pixels = Float32Array.from({ length: 120 * config.vision.patchDim }, () => random.normal());
  const loss = () => {
    const hidden = languageHidden(variables, config, {
      ids,
      positionIds: mropePositions(ids, [grid], config).ids,
      lengths: [ids.length],
      visual: {
        embeds: visionEmbeds(variables, config, pixels, [grid]),
        positions: Int32Array.from({ length: 30 }, (_, i) => i + 2),
      },
    });
    const logits = headLogits(variables, config, takeRows(hidden, Int32Array.of(33, 36, 39)));
    return withGradient(
      [logits],
      () => ({ value: tf.sum(tf.square(logits)) as tf.Scalar, saved: [logits] }),
      (dy, [kept]) => [tf.mul(tf.mul(kept!, 2), dy)],
    );
  };
  const { value, grads } = tf.variableGrads(loss);
  value.dispose();
  const result = new Map<string, Float32Array>();
  for (const [name, variable] of Object.entries(variables)) {
    result.set(name, await grads[variable.name]!.data<'float32'>());
  }
  tf.dispose(grads);
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose(Object.values(variables));
  disposeParams(params);
  return result;
}

it('has the gradients of the cpu backend, for every parameter, and leaves no tensors', async () => {
  const onGpu = await gradients();
  await tf.setBackend('cpu');
  const onCpu = await gradients();
  await tf.setBackend('webgpu');
  expect([...onGpu.keys()]).toEqual([...onCpu.keys()]);
  const scale = (values: Float32Array) => values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  for (const [name, wanted] of onCpu) {
    const difference = wanted.map((value, i) => value - onGpu.get(name)![i]!);
    expect(scale(difference) / Math.max(scale(wanted), 1e-2), name).toBeLessThan(1e-3);
  }
});
