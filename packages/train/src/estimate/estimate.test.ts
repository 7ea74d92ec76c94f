import { describe, expect, it } from 'vitest';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import { parameterCount } from '@agentiad/core/model/params.ts';
import { config3b } from '../bench/shapes.ts';
import { LORA_MODULES } from '../nn/lora.ts';
import { tinyNanoFiles } from '../nano/tinyNano.ts';
import { adviceFor, memoryLevers } from './advice.ts';
import {
  adapterTrainingBytes,
  attentionScores,
  blockActivations,
  blockInputs,
  peakBytes,
  q4Bytes,
  trainingMemory,
} from './memory.ts';
import type { Parts } from './shape.ts';
import { adapterSize, modelShape, trainedSize } from './shape.ts';
import { forwardWork, trainingWork } from './work.ts';

const config = config3b();
const lora = { rank: 16, alpha: 32, modules: LORA_MODULES, seed: 0 };
const qlora: Parts = { lora, frozen: 'none', base: 'q4', recompute: true };
const sample = { tokens: 4096, trained: 400, grids: [] };
const expectWithin = (value: number, expected: number, share = 0.01) =>
  expect(Math.abs(value / expected - 1), `${value} for ${expected}`).toBeLessThan(share);

describe('the 3B as worked out in training.md §2.4', () => {
  it('has 36 layers of 77.08 M, an embedding of 311.2 M and a tower of 668.7 M', () => {
    const shape = modelShape(config);
    expectWithin((shape.matrices + shape.vectors) / 36, 77.08e6, 1e-4);
    expectWithin(shape.embedding, 311.2e6, 1e-3);
    expectWithin(shape.vision, 668.7e6, 1e-3);
    expect(shape.head).toBe(0);
    expect(shape.matrices + shape.vectors + shape.embedding + shape.vision).toBe(parameterCount(config));
  });

  it('takes 12.3 GB in float32; 2.05 GB in int4 of groups of 128 with a 16-bit embedding', () => {
    const { matrices, vectors, embedding } = modelShape(config);
    expectWithin(4 * (matrices + vectors + embedding), 12.3e9);
    expectWithin(q4Bytes(config, 128) + 2 * embedding, 2.05e9);
    expectWithin(4 * embedding, 1.245e9, 1e-3);
  });

  it('needs 0.48 GB for an adapter of rank 16 on all linear layers with its optimiser; q and v alone are 3.7 M', () => {
    expectWithin(adapterSize(config, lora), 29.9e6);
    expectWithin(adapterTrainingBytes(config, lora), 0.48e9);
    expectWithin(adapterSize(config, { ...lora, modules: ['self_attn.q_proj', 'self_attn.v_proj'] }), 3.7e6);
  });

  it('keeps 1.2 GB of block inputs for 4,096 tokens, needs 1.07 GB of scores of a block', () => {
    expectWithin(blockInputs(config, 4096) / 36, 33.6e6);
    expectWithin(blockInputs(config, 4096), 1.2e9, 0.02);
    expectWithin(attentionScores(config, 4096), 1.07e9);
  });

  it('needs four times the 1 GB of a block that is recomputed, for the tape holds every intermediate result', () => {
    expectWithin(blockActivations(config, 4096), 4e9, 0.05);
  });

  it('costs 6 operations a weight and token with an adapter and recomputation: 68 TFLOP a sample of 4,096 tokens', () => {
    const { linear } = trainingWork(config, qlora, sample);
    expectWithin(linear, 68e12, 0.03); // the adapter's own products are the rest
  });

  it("takes 61 h at 10 TFLOP/s for the paper's fine-tuning, and 17 h for the updates of its GRPO", () => {
    const { linear } = trainingWork(config, qlora, sample);
    expectWithin((1600 * 20 * linear) / 10e12 / 3600, 61, 0.03);
    expectWithin((366 * 3 * 8 * linear) / 10e12 / 3600, 17, 0.03);
  });
});

describe('work and memory of training', () => {
  const tiny = parseModelConfig(JSON.parse(tinyNanoFiles().get('config.json')!));
  const full: Parts = { frozen: 'none', base: 'f32', recompute: true };
  const short = { tokens: 64, trained: 16, grids: [{ height: 4, width: 4 }] };

  it('counts three forward passes for full training, a fourth where blocks are recomputed', () => {
    const forward = forwardWork(tiny, full, short);
    expect(trainingWork(tiny, { ...full, recompute: false }, short).linear).toBe(3 * forward.linear);
    expect(trainingWork(tiny, full, short).linear).toBe(4 * forward.linear);
    expect(trainingWork(tiny, { ...full, frozen: 'vision' }, short).vision).toBe(forward.vision);
  });

  it('knows that a full fine-tuning changes every parameter and a frozen tower none of its own', () => {
    expect(trainedSize(tiny, full)).toBe(parameterCount(tiny));
    expect(trainedSize(tiny, full) - trainedSize(tiny, { ...full, frozen: 'vision' })).toBe(modelShape(tiny).vision);
  });

  it('holds a QLoRA step of the 3B at 1,500 tokens under 12 GB on the device', () => {
    const memory = trainingMemory(config, qlora, { ...sample, tokens: 1500 }, 1, { accumulates: false });
    expect(peakBytes(memory, 'device')).toBeLessThan(12e9);
    expect(peakBytes(memory, 'device')).toBeGreaterThan(6e9);
  });
});

describe('adviceFor', () => {
  const stage = { kind: 'sft', hours: 5, deviceBytes: 8e9, memoryBytes: null, levers: [] } as const;

  it('says nothing of a run of hours that fits', () => {
    expect(adviceFor({ ...stage, memoryBytes: 12e9 })).toEqual([]);
  });

  it('names larger engines from a day on, for fine-tuning those that train with images', () => {
    const text = adviceFor({ ...stage, hours: 61 }).join(' ');
    expect(text).toMatch(/61 h, more than a day.*ms-swift.*LLaMA-Factory.*not OpenRLHF/);
  });

  it('names for GRPO the engines that take images back in several turns', () => {
    expect(adviceFor({ ...stage, kind: 'grpo', hours: 30 }).join(' ')).toMatch(/ms-swift 4\.5.*verl 0\.8/);
  });

  it('says what does not fit and what would still help', () => {
    const full: Parts = { frozen: 'none', base: 'f32', recompute: false };
    const levers = memoryLevers('sft', full, 4);
    const [text] = adviceFor({ ...stage, deviceBytes: 20e9, memoryBytes: 12e9, levers });
    expect(text).toMatch(/20\.0 GB.*12\.0 GB.*sft\.lora.*q4.*recompute.*micro-batches/);
    expect(memoryLevers('sft', qlora, 1)).toEqual(['make samples shorter (smaller images)']);
  });
});
