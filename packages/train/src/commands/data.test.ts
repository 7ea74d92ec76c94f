import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Raster } from '@agentiad/core/image/raster.ts';
import { loadModelFolder } from '../host/loadModel.ts';
import { writeRestlessModel } from '../nano/tinyNano.ts';
import { readTrajectories } from '../trajectories/store.ts';
import { runHere } from './testProgram.ts';

let root: string;
const at = (...parts: readonly string[]) => path.join(root, ...parts);

/** The checkpoint shows parts at up to 112 x 112; the run wants 56 x 56. */
const VIEW_PIXELS = 56 * 56;

async function configFile(name: string): Promise<string> {
  const config = {
    name,
    seed: 1,
    work: at('work'),
    model: { checkpoint: at('start'), viewPixels: VIEW_PIXELS },
    data: {
      corpus: 1,
      modes: { pz: 1 },
      sources: [{ kind: 'procedural', count: 2, designsPerFamily: 1, exemplars: [1, 1] }],
    },
    sft: {
      steps: 1,
      batchSize: 1,
      learningRate: 0.001,
      warmup: 0,
      weightDecay: 0,
      maxNorm: 1,
      mask: 'all-assistant',
      recompute: false,
    },
    grpo: {
      preset: 'code',
      steps: 1,
      mode: 'pz',
      groupSize: 3,
      groupsPerStep: 1,
      batchSize: 4,
      shortage: 'wait',
      maxToolCalls: 0,
      maxNewTokens: 6,
      maxResampled: 12,
      truncated: 1,
      recompute: false,
    },
    card: { id: 'toy', name: 'toy', trainedOn: 'two parts', licence: 'MIT', commercialUse: 'yes' },
  };
  await writeFile(at(`${name}.json`), JSON.stringify(config));
  return at(`${name}.json`);
}

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'data-'));
  await writeRestlessModel(at('start'), { preprocessor: { min_pixels: 56 * 56, max_pixels: 112 * 112 } });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const areaOf = ({ width, height }: Pick<Raster, 'width' | 'height'>) => width * height;

describe('a run that starts from a checkpoint with smaller views', { timeout: 60_000 }, () => {
  it('is not begun where nothing can be written', async () => {
    const file = await configFile('refused');
    const config = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...config, work: `${file}/work` }));
    const { code, stderr } = await runHere('data', 'build', '--config', file, '--backend', 'wasm');
    expect(code).toBe(1);
    expect(stderr).toBe(`${file}: it is a file, not a folder. Name another folder.\n`);
  });

  it('has demonstrations for its tokenizer, at the views that it asks for', async () => {
    const { code, stdout, stderr } = await runHere(
      'data',
      'build',
      '--config',
      await configFile('views'),
      '--backend',
      'wasm',
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/case 1\/2, \d+ s left[^]*2 demonstrations written to .*views-1-of-1\n$/);
    const trajectories = await readTrajectories(at('work', 'trajectories', 'views-1-of-1'));
    const images = trajectories.flatMap((trajectory) => trajectory.images);
    expect(images.length).toBeGreaterThan(1);
    images.forEach((image) => expect(areaOf(image)).toBeLessThanOrEqual(VIEW_PIXELS));
  });

  it('fine-tunes and rolls out at the same views, and writes models that are run at them', async () => {
    for (const command of ['sft', 'grpo'] as const) {
      const { code, stderr } = await runHere(command, '--config', await configFile('views'), '--backend', 'wasm');
      expect(code, stderr).toBe(0);
      const { processor } = await loadModelFolder(at('work', command === 'sft' ? 'views' : 'views-grpo', 'model'));
      expect(processor.maxPixels).toBe(VIEW_PIXELS);
    }
    // Rollouts that wait for the next step are in the checkpoint, with their images.
    const folder = at('work', 'views-grpo', 'checkpoints', '000001-step-1', 'state.json');
    const { samples } = JSON.parse(await readFile(folder, 'utf8')) as {
      samples: { trajectory: { images: Pick<Raster, 'width' | 'height'>[] } }[];
    };
    const shown = samples.flatMap(({ trajectory }) => trajectory.images);
    expect(shown.length).toBeGreaterThan(0);
    shown.forEach((image) => expect(areaOf(image)).toBe(VIEW_PIXELS));
  });
});
