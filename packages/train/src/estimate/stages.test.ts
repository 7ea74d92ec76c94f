import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { config3b } from '../bench/shapes.ts';
import { LORA_MODULES } from '../nn/lora.ts';
import type { RunConfig } from '../run/config.ts';
import { readRunConfig, REPOSITORY } from '../run/config.ts';
import { createTrajectoryWriter } from '../trajectories/store.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import { architectureOf } from './loadConfig.ts';
import { estimateStage, renderEstimate } from './report.ts';
import { sampleShapes } from './samples.ts';
import { runStages } from './stages.ts';

const lora = { rank: 16, alpha: 32, modules: LORA_MODULES, seed: 0 };
const samples = {
  typical: { tokens: 4096, trained: 400, grids: [] },
  longest: { tokens: 4096, trained: 400, grids: [] },
};
const at = (tflops: number, others: object = {}) => ({
  speed: { rate: tflops * 1e12, source: 'as given' },
  tokensPerSecond: null,
  memoryBytes: null,
  ...others,
});

let work: string;
let nano: RunConfig;
beforeAll(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'agentiad-estimate-'));
  nano = { ...(await readRunConfig(path.join(REPOSITORY, 'packages/train/runs/nano-2.json'))), work };
});
afterAll(() => rm(work, { recursive: true }));

/** The paper's two stages (agent-spec §5) with an adapter. */
function paperRun(): RunConfig {
  const parts = { lora, frozen: 'none', base: 'q4', recompute: true, saveEvery: 100 } as const;
  const grpo = {
    ...parts,
    preset: 'paper',
    steps: 69, // 366 images, 3 epochs, 16 groups a step
    groupsPerStep: 16,
    groupSize: 8,
    innerEpochs: 1,
    microBatch: 1,
    loss: { klWeight: 0.1 },
  } as unknown as NonNullable<RunConfig['grpo']>;
  const sft = { ...nano.sft, ...parts, drills: undefined, steps: 250, batchSize: 4, accumulation: 32 };
  return { ...nano, sft, grpo };
}

describe('runStages', () => {
  it("works out the paper's run on the 3B: days at 10 TFLOP/s, so it belongs on a larger engine", () => {
    const [sft, grpo] = runStages(paperRun(), config3b(), samples).map((stage) => estimateStage(stage, at(10)));
    expect(sft!.samples).toBe(32_000);
    expect(sft!.hours).toBeGreaterThan(61);
    expect(sft!.advice.join()).toMatch(/more than a day/);
    expect(grpo!.samples).toBe(8832);
    expect(grpo!.trainingHours).toBeGreaterThan(17);
    expect(grpo!.method).toBe('QLoRA');
  });

  it('counts a pass more where there is a reference, and generation at its own speed', () => {
    const run = paperRun();
    const withoutKl = { ...run, grpo: { ...run.grpo!, loss: { ...run.grpo!.loss, klWeight: 0 } } };
    const rollouts = (of: RunConfig) => runStages(of, config3b(), samples)[1]!.rollouts!.total;
    expect(rollouts(run) / rollouts(withoutKl)).toBeCloseTo(3 / 2, 10);
    const slow = estimateStage(runStages(run, config3b(), samples)[1]!, at(1000, { tokensPerSecond: 20 }));
    expect(slow.rolloutHours).toBeCloseTo((8832 * 400) / 20 / 3600, 6);
  });

  it('prints memory, work and hours of both stages, and that hours of rollouts are a lower bound', () => {
    const options = at(10, { memoryBytes: 4e9 });
    const stages = runStages(paperRun(), config3b(), samples).map((stage) => estimateStage(stage, options));
    const text = renderEstimate(
      'paper',
      { source: 'as given', inspection: { typical: 4e8, longest: 6e8 } },
      stages,
      options,
    );
    expect(text).toMatch(/sft: QLoRA, 29\.93 M trained values, 250 steps, 32000 samples/);
    expect(text).toMatch(/1\.56 GB {2}language weights/);
    expect(text).toMatch(/ {2}time {4}at least .* h \(updates/);
    expect(text).toMatch(/! sft needs .* GB on the device, which has 4\.0 GB/);
  });
});

describe('sampleShapes', () => {
  it('measures the demonstrations of the run, passing over an empty part', async () => {
    const trajectory = (id: string, length: number): Trajectory => ({
      id,
      mode: 'cot',
      label: 'normal',
      ids: Array.from({ length }, (_, index) => index % 7),
      segments: [
        { kind: 'user', turn: 0, from: 0, to: 8 },
        { kind: 'image', turn: 0, from: 8, to: 10 },
        { kind: 'user', turn: 0, from: 10, to: length - 4 },
        { kind: 'model', turn: 1, from: length - 4, to: length },
      ],
      images: [{ width: 28, height: 56, data: new Uint8Array(28 * 56 * 3) }],
    });
    await (await createTrajectoryWriter(path.join(work, 'trajectories/shard-0-of-1'))).close();
    const writer = await createTrajectoryWriter(path.join(work, 'trajectories/shard-1-of-1'));
    await writer.write(trajectory('a', 20));
    await writer.write(trajectory('b', 40));
    await writer.close();
    const { typical, longest, source } = await sampleShapes(nano, await architectureOf(nano), null);
    expect(typical).toMatchObject({ tokens: 30, trained: 4, grids: [{ width: 2, height: 4 }] });
    expect(longest.tokens).toBe(40);
    expect(source).toBe('lengths of 2 demonstrations');
  });

  it('says what it assumes before there are any', async () => {
    const run = { ...nano, work: path.join(work, 'nothing') };
    expect((await sampleShapes(run, await architectureOf(run), null)).source).toMatch(/4096 tokens a sample assumed/);
    expect((await sampleShapes(run, await architectureOf(run), 900)).typical.tokens).toBe(900);
  });
});
