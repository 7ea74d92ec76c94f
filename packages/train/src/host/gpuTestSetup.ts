/** Loaded before every `*.gpu.test.ts` of the host-free core: the current TensorFlow.js backend is WebGPU there. */
import { afterAll, beforeAll } from 'vitest';
import { selectBackend, type SelectedBackend } from './backend.ts';

let selected: SelectedBackend | null = null;

beforeAll(async () => {
  selected = await selectBackend('webgpu');
});

afterAll(async () => {
  await selected?.dispose();
});
