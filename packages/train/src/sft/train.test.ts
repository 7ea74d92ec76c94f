import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import type { WeightSource } from '@agentiad/core/model/weightSource.ts';
import { runSft } from './run.ts';
import type { MemoryRun } from './testSft.ts';
import { createModel, LORA, memoryRun, PHASES, runPhases, SETTINGS, train, WEIGHTS } from './testSft.ts';

describe('supervised fine-tuning', { timeout: 120_000 }, () => {
  beforeAll(() => useTestBackend('wasm'));

  it('learns two demonstrations by heart, leaking no tensor', async () => {
    const before = tf.memory().numTensors;
    const model = await createModel();
    const progress = await train(model);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(progress.map(({ step }) => step)).toEqual(Array.from({ length: SETTINGS.steps }, (_, index) => index + 1));
    expect(progress[0]!.loss).toBeGreaterThan(4);
    expect(progress.at(-1)!.loss).toBeLessThan(0.5);
    expect(progress.at(-1)!.learningRate).toBeLessThan(0.1 * SETTINGS.learningRate);
  });

  it('changes only what is not frozen', async () => {
    for (const [options, isFrozen] of [
      [{ frozen: 'vision' }, (name: string) => name.startsWith('visual.')],
      [{ frozen: 'base', adapter: LORA }, (name: string) => !name.includes('.lora_')],
    ] as const) {
      const model = await createModel(options);
      const copy = async () =>
        new Map(
          await Promise.all(
            Object.entries(model.params).map(async ([name, tensor]) => [name, [...(await tensor.data())]] as const),
          ),
        );
      const before = await copy();
      await train(model, { steps: 2, batchSize: 1 });
      for (const [name, values] of await copy()) {
        if (isFrozen(name)) expect(values, name).toEqual(before.get(name));
        else expect(values, name).not.toEqual(before.get(name));
      }
      model.dispose();
    }
  });

  it('stops at a loss that is not finite with the name of the sample, and changes nothing in that step', async () => {
    const broken: WeightSource = {
      ...WEIGHTS,
      read: async (name) => (name === 'model.norm.weight' ? new Float32Array(32).fill(NaN) : WEIGHTS.read(name)),
    };
    const model = await createModel({ weights: broken });
    const before = [...model.values];
    await expect(train(model, { steps: 2, batchSize: 1 })).rejects.toThrow(/^step 1, sample test\/[12]\/cot: the loss/);
    expect([...model.values]).toEqual(before);
    model.dispose();
  });
});

describe.each(['wasm', 'cpu'] as const)('a run of two phases on %s', (backend) => {
  beforeAll(() => useTestBackend(backend));

  it('interrupted anywhere and resumed, ends with the very same weights and losses', async () => {
    const whole = memoryRun();
    const wanted = await runPhases(whole);
    expect(wanted.isDone).toBe(true);
    const losses = ({ records }: MemoryRun) => records.map(({ step, phase, loss }) => [step, phase, loss]);
    expect(losses(whole).map(([step, phase]) => `${phase} ${step}`)).toEqual(['drill 1', 'step 2', 'step 3']);
    for (const stopAfter of backend === 'cpu' ? [2] : [1, 2]) {
      const parts = memoryRun();
      expect((await runPhases(parts, stopAfter)).isDone).toBe(false);
      expect(parts.records).toHaveLength(stopAfter);
      expect(await runPhases(parts)).toEqual(wanted);
      expect(losses(parts)).toEqual(losses(whole));
    }
  });

  it('refuses the checkpoint of another model by the name of a tensor', async () => {
    const run = memoryRun();
    await runPhases(run, 1);
    const model = await createModel({ frozen: 'base', adapter: { ...LORA, rank: 2 } });
    const again = runSft({
      model,
      phases: PHASES,
      seed: 3,
      saveEvery: 100,
      run,
      onStep: () => {},
      isInterrupted: () => false,
    });
    await expect(again).rejects.toThrow(
      /tensor model\.layers\.0\.self_attn\.q_proj\.lora_A\.weight: the checkpoint has it as \[32, 4\]/,
    );
    model.dispose();
  });
});
