/**
 * Fine-tuning steps of the shipped nano, and how much memory many of them take, on any adapter. From the repository root:
 *
 *     npx tsx packages/train/src/experiments/sftSpeed.ts [--backend webgpu] [--steps 5] [--batch 8]
 *     npx tsx packages/train/src/experiments/sftSpeed.ts --shape tiny --steps 500 [--backend webgpu]
 *
 * `nano` trains all weights, as its runs do, on batches of demonstrations; `tiny` an adapter on an int4 base and a made-up
 * batch. Prints a row of a Markdown table; the first step compiles programs and is not timed. Exit 1 when tensors or bytes
 * grow after the first fifth of the steps.
 */
import { parseArgs } from 'node:util';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';
import { TEST_LORA, testBatch, testModel } from '../nn/testBatch.ts';
import { createTrainingModel } from '../nn/trainingModel.ts';
import { ADAMW_DEFAULTS } from '../optim/adamw.ts';
import { createUpdater } from '../optim/updater.ts';
import { buildBatch } from '../sft/batch.ts';
import { nanoWorkload } from '../sft/nanoWorkload.ts';
import { negativeLogLikelihood } from '../sft/objective.ts';

const RATE = 1e-4;
const SHAPES = ['nano', 'tiny'];

const { values: flags } = parseArgs({
  options: {
    backend: { type: 'string', default: 'auto' },
    shape: { type: 'string', default: 'nano' },
    steps: { type: 'string', default: '5' },
    batch: { type: 'string', default: '8' },
  },
});
if (!SHAPES.includes(flags.shape)) throw new Error(`--shape is one of ${SHAPES.join(', ')}`);
const steps = Number(flags.steps);

/** Batches are made on wasm: the feature tower of the demonstrations is slow on software adapters. */
async function nano() {
  const size = Number(flags.batch);
  await selectBackend('wasm');
  const { config, processor, weights, samples } = await nanoWorkload(2 * size);
  const batches = [0, 1].map((half) =>
    buildBatch(samples.slice(half * size, (half + 1) * size), config, processor, 'all-assistant'),
  );
  const create = () => createTrainingModel({ config, processor, weights, frozen: 'none', recompute: false });
  return { batches, create };
}

const { batches, create } =
  flags.shape === 'nano'
    ? await nano()
    : { batches: [testBatch()], create: () => testModel({ frozen: 'base', adapter: TEST_LORA, base: 'q4' }) };
const selected = await selectBackend(flags.backend as BackendName);
const model = await create();
const updater = createUpdater(model, ADAMW_DEFAULTS);
const gpu = selected.backend === 'webgpu' ? (tf.backend() as unknown as WebGPUBackend) : null;
let dispatches = 0;
if (gpu) {
  const run = gpu.runWebGPUProgram.bind(gpu);
  gpu.runWebGPUProgram = (...args) => {
    dispatches++;
    return run(...args);
  };
}
const memory = () => {
  const { numTensors: tensors, numBytes } = tf.memory();
  return { tensors, bytes: gpu ? gpu.bufferManager.numBytesAllocated : numBytes };
};
const step = async (index: number) => {
  const batch = batches[index % batches.length]!;
  await updater.add(batch, negativeLogLikelihood(batch.targets.length));
  await updater.update(RATE, 1);
};

for (let index = 0; index < batches.length; index++) await step(index);
dispatches = 0;
let early = memory();
const started = performance.now();
for (let index = 0; index < steps; index++) {
  await step(index);
  if (index === Math.floor(steps / 5)) early = memory();
}
const seconds = (performance.now() - started) / 1000 / steps;
const late = memory();
const tokens = Math.round(batches.reduce((sum, { ids }) => sum + ids.length, 0) / batches.length);
const cells = [
  flags.shape,
  selected.adapter,
  tokens,
  (1 / seconds).toFixed(seconds > 1 ? 3 : 1),
  gpu ? Math.round(dispatches / steps) : '-',
  `${early.tensors} / ${late.tensors}`,
  `${(early.bytes / 1e6).toFixed(2)} / ${(late.bytes / 1e6).toFixed(2)} MB`,
];
process.stdout.write(
  `| shape | adapter | tokens a step | steps/s | dispatches a step | tensors after ${Math.floor(steps / 5)} / ${steps} steps | allocated |\n` +
    `|---|---|---|---|---|---|---|\n| ${cells.join(' | ')} |\n`,
);
await updater.finish();
model.dispose();
await selected.dispose();
if (late.tensors > early.tensors || late.bytes > early.bytes) process.exitCode = 1;
