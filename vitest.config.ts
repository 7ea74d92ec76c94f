/**
 * Unit tests beside their sources. `core`, `train` and `scripts` run in Node, `studio` in jsdom. The `gpu-*` projects
 * (`*.gpu.test.ts`) need a WebGPU adapter and run alone, one file after another, each in its own process, because the
 * native library behind WebGPU is per process.
 */
import react from '@vitejs/plugin-react';
import { configDefaults, defineConfig } from 'vitest/config';

const gpuTests = '**/*.gpu.test.ts';
const exclude = [...configDefaults.exclude, gpuTests];
const gpu = {
  environment: 'node',
  pool: 'forks',
  fileParallelism: false,
  testTimeout: 300_000,
  hookTimeout: 60_000,
} as const;

export default defineConfig({
  test: {
    // Vitest itself would leave one core idle: of two, half.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'core',
          environment: 'node',
          include: ['packages/core/**/*.test.ts'],
          exclude,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'train',
          environment: 'node',
          include: ['packages/train/**/*.test.ts'],
          exclude,
          testTimeout: 60_000,
        },
      },
      { test: { name: 'scripts', environment: 'node', include: ['scripts/**/*.test.ts'] } },
      {
        plugins: [react()],
        test: {
          name: 'studio',
          environment: 'jsdom',
          include: ['src/**/*.test.{ts,tsx}'],
          setupFiles: ['src/testing/wordsTestSetup.ts'],
          exclude,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...gpu,
          name: 'gpu-core',
          include: ['packages/core/**/*.gpu.test.ts'],
          setupFiles: ['packages/train/src/host/gpuTestSetup.ts'],
        },
      },
      { test: { ...gpu, name: 'gpu-train', include: ['packages/train/**/*.gpu.test.ts'] } },
    ],
  },
});
