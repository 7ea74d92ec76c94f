import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineForward } from '@agentiad/core/engine/parityForward.ts';
import { selectBackend, type SelectedBackend } from '../host/backend.ts';
import { goldenFolders, runFolder } from './parity.ts';

const fixtures = path.resolve(import.meta.dirname, '../../../core/fixtures/golden');
// The 3B's dimensions take minutes on a software adapter: `agentiad parity --backend webgpu` runs them.
const folders = (await goldenFolders(fixtures)).filter((folder) => path.basename(folder) !== 'dimensions-3b');

let selected: SelectedBackend;
const nameOf = (folder: string) => path.basename(folder);

beforeAll(async () => {
  selected = await selectBackend('webgpu');
});

afterAll(async () => {
  await selected.dispose();
});

describe('parity with Hugging Face transformers on WebGPU', () => {
  it.each(folders.map(nameOf))('holds for %s, and frees its tensors', async (name) => {
    const before = tf.memory().numTensors;
    for await (const report of runFolder(path.join(fixtures, name))) {
      expect(report.tensors.filter(({ passed }) => !passed)).toEqual([]);
      expect(report.greedy.filter(({ passed }) => !passed)).toEqual([]);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('parity of the engine with Hugging Face transformers', () => {
  // Every shape is new to the software adapter's compiler, which takes its time.
  it.each(folders.map(nameOf))('holds for %s', { timeout: 900_000 }, async (name) => {
    for await (const report of runFolder(path.join(fixtures, name), engineForward(selected.gpu!.device))) {
      expect(report.tensors.filter(({ passed }) => !passed)).toEqual([]);
      expect(report.greedy.filter(({ passed }) => !passed)).toEqual([]);
    }
  });
});
