import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import type { ModelConfig } from './config.ts';
import { takeRows } from './embedding.ts';
import { headLogits, languageHidden, type LanguageBatch } from './language.ts';
import { withGradient } from './ops.ts';
import { disposeParams, exportParam, loadParams, parameterShapes, type Params } from './params.ts';
import { mropePositions, type Grid } from './positions.ts';
import { createRandomWeights } from './randomWeights.ts';
import { testBackends, useTestBackend } from './testBackend.ts';
import { tinyConfig } from './tinyConfig.ts';
import { visionEmbeds } from './vision.ts';

const grid: Grid = { height: 4, width: 6 };

function pixels(config: ModelConfig, grids: readonly Grid[], seed: number): Float32Array {
  const random = createRandom(seed);
  const patches = grids.reduce((sum, { height, width }) => sum + height * width, 0);
  return Float32Array.from({ length: patches * config.vision.patchDim }, () => random.normal());
}

function sequence(config: ModelConfig, length: number, seed: number): number[] {
  const random = createRandom(seed);
  const image = Array.from({ length: 6 }, () => config.special.image);
  const text = () => random.integer(0, 30);
  return [text(), text(), ...image, ...Array.from({ length: length - 8 }, text)];
}

/** Right-padded batch of sequences with one image each. */
function batchOf(config: ModelConfig, sequences: number[][], embeds: tf.Tensor2D): LanguageBatch {
  const width = Math.max(...sequences.map((ids) => ids.length));
  const count = sequences.length;
  const ids = new Int32Array(count * width);
  const positionIds = new Int32Array(3 * count * width);
  const places: number[] = [];
  sequences.forEach((own, row) => {
    ids.set(own, row * width);
    const { ids: positions } = mropePositions(own, [grid], config);
    for (let axis = 0; axis < 3; axis++) {
      positionIds.set(positions.subarray(axis * own.length, (axis + 1) * own.length), (axis * count + row) * width);
    }
    own.forEach((id, t) => id === config.special.image && places.push(row * width + t));
  });
  const lengths = sequences.map((own) => own.length);
  return { ids, positionIds, lengths, visual: { embeds, positions: Int32Array.from(places) } };
}

/** A weighted sum whose gradient is the weights: no registered gradients needed. */
function weightedSum(x: tf.Tensor2D): tf.Scalar {
  const random = createRandom(5);
  const weights = tf.tensor(
    Float32Array.from({ length: x.size }, () => random.normal()),
    x.shape,
  );
  return withGradient(
    [x],
    () => ({ value: tf.sum(tf.mul(x, weights)) as tf.Scalar, saved: [weights] }),
    (dy, [weights0]) => [tf.mul(weights0!, dy)],
  );
}

function worst(a: tf.Tensor, b: tf.Tensor): number {
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
}

describe.each(testBackends)('training forward pass on %s', (backend) => {
  let params: Params;
  const config = tinyConfig();

  beforeAll(() => useTestBackend(backend));
  beforeEach(async () => {
    params = await loadParams(config, createRandomWeights(config, 3));
  });
  afterEach(() => disposeParams(params));

  it('gives a padded row what it gives the sequence alone', () => {
    tf.tidy(() => {
      const sequences = [sequence(config, 14, 1), sequence(config, 9, 2)];
      const grids = [grid, grid];
      const values = pixels(config, grids, 4);
      const half = values.length / 2;
      const both = languageHidden(
        params,
        config,
        batchOf(config, sequences, visionEmbeds(params, config, values, grids)),
      );
      sequences.forEach((own, row) => {
        const embeds = visionEmbeds(params, config, values.subarray(row * half, (row + 1) * half), [grid]);
        const alone = languageHidden(params, config, batchOf(config, [own], embeds));
        expect(worst(tf.slice(both, [row * 14, 0], [own.length, -1]), alone)).toBeLessThan(1e-5);
      });
    });
  });

  it('hides later tokens from earlier ones', () => {
    tf.tidy(() => {
      const embeds = visionEmbeds(params, config, pixels(config, [grid], 4), [grid]);
      const own = sequence(config, 14, 1);
      const changed = [...own.slice(0, -1), (own.at(-1)! + 1) % 30];
      const [a, b] = [own, changed].map((ids) => languageHidden(params, config, batchOf(config, [ids], embeds)));
      expect(worst(tf.slice(a!, 0, 13), tf.slice(b!, 0, 13))).toBe(0);
      expect(worst(tf.slice(a!, 13, 1), tf.slice(b!, 13, 1))).toBeGreaterThan(1e-3);
    });
  });

  it('has the right gradient for every parameter, head, embedding and vision tower included', () => {
    const grids = [grid, grid];
    const values = pixels(config, grids, 4);
    const sequences = [sequence(config, 14, 1), sequence(config, 11, 2)];
    const rows = Int32Array.of(8, 10, 13, 14 + 8, 14 + 10);
    const variables: Record<string, tf.Variable> = {};
    for (const [name, value] of Object.entries(params)) variables[name] = tf.variable(value);
    const loss = () =>
      tf.tidy(() => {
        const embeds = visionEmbeds(variables, config, values, grids);
        const hidden = languageHidden(variables, config, batchOf(config, sequences, embeds));
        return weightedSum(headLogits(variables, config, takeRows(hidden, rows)));
      });
    const before = tf.memory().numTensors;
    const { value, grads } = tf.variableGrads(loss, Object.values(variables));
    value.dispose();
    for (const [name, variable] of Object.entries(variables)) {
      const gradient = grads[variable.name];
      expect(gradient, name).toBeDefined();
      const norm = tf.tidy(() => tf.norm(gradient!).dataSync()[0]!);
      // Along the gradient itself: the derivative there is its norm. A key bias moves all scores of a query alike.
      if (norm < 1e-4) {
        expect(name).toMatch(/attn\.k\.bias$/);
        continue;
      }
      const original = variable.clone();
      const at = (step: number) => {
        tf.tidy(() => variable.assign(tf.add(original, tf.mul(gradient!, step / norm))));
        return tf.tidy(() => loss().dataSync()[0]!);
      };
      const step = 4e-3;
      const numeric = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
      variable.assign(original);
      original.dispose();
      expect(Math.abs(numeric / norm - 1), name).toBeLessThan(2e-2);
    }
    tf.dispose(grads);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(Object.values(variables));
  });

  it('gives a checkpoint back as it was read', async () => {
    const weights = createRandomWeights(config, 3);
    for (const name of parameterShapes(config).keys()) {
      expect(await exportParam(config, params, name), name).toEqual(await weights.read(name));
    }
  });
});
