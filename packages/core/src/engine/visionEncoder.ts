/** Runs the vision tower on one image: stage by stage, in tiles of rows where the device is slow. */
import type { ProcessedImage } from '../image/processor.ts';
import { passFields, rowStride } from '../kernels/layout.ts';
import type { Capabilities } from '../kernels/capabilities.ts';
import type { Pipelines } from '../kernels/pipelines.ts';
import type { AbortSignalLike } from '../model/backbone.ts';
import type { VisionConfig } from '../model/config.ts';
import { UserError } from '../support/userError.ts';
import { bindSteps, resolveIn, type Resolve } from './bind.ts';
import type { Buffers, GpuMemory } from './gpuMemory.ts';
import type { Dispatch, Submitter } from './submitter.ts';
import type { UploadedGroup } from './upload.ts';
import { visionInputs, type VisionInputs } from './visionInputs.ts';
import { visionBuffers, visionRows, type VisionStage, type VisionStep } from './visionProgram.ts';

export interface VisionEncoder {
  /**
   * Embeddings [tokens, rowStride(outHiddenSize)] in a buffer named `embeds`; whoever asked frees it. Null when `signal`
   * ended it between submissions.
   */
  encode(image: ProcessedImage, signal?: AbortSignalLike): Promise<Buffers | null>;
}

export interface VisionParts {
  readonly vision: VisionConfig;
  readonly stages: readonly VisionStage[];
  readonly capabilities: Capabilities;
  readonly pipelines: Pipelines;
  readonly memory: GpuMemory;
  readonly submitter: Submitter;
  /** Weights of a stage; `release` is called when its work has been done. */
  load(stage: number): Promise<UploadedGroup>;
  release(group: UploadedGroup): Promise<void>;
}

/** Bytes handed to the GPU at once. */
const pieceBytes = 16 * 1024 * 1024;

/** Rows of a tile are a multiple of this, so that tiles begin where buffers may be bound. */
const tileStep = 64;

export function createVisionEncoder(parts: VisionParts): VisionEncoder {
  const { vision, stages, capabilities, pipelines, memory, submitter } = parts;
  const { device } = pipelines;
  const unit = vision.mergeSize ** 2;
  const { perPatch, perGroup } = visionRows(vision);
  const step = tileStep % unit === 0 ? tileStep : tileStep * unit;
  const dearest = Math.max(...stages.flatMap(({ steps }) => steps.map(rowCost)));

  const tileRows = (patches: number): number => {
    const rows = Math.floor(submitter.rowsPerSubmit('vision', dearest) / step) * step;
    return Math.min(patches, Math.max(step, rows));
  };

  const write = (buffer: GPUBuffer, data: Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>) => {
    for (let at = 0; at < data.byteLength; at += pieceBytes) {
      const size = Math.min(pieceBytes, data.byteLength - at);
      device.queue.writeBuffer(buffer, at, data.buffer, data.byteOffset + at, size);
    }
  };

  const fill = (scratch: Buffers, inputs: VisionInputs, tile: number) => {
    for (const [name, data] of inputs.contents) write(scratch.get(name)!, data);
    const rest = inputs.patches % tile || tile;
    for (const [name, rows] of [
      ['pass.patches', inputs.patches],
      ['pass.patches.tile', tile],
      ['pass.patches.last', rest],
      ['pass.groups', inputs.groups],
      ['pass.groups.tile', tile / unit],
      ['pass.groups.last', rest / unit],
    ] as const) {
      const words = new Uint32Array(passFields.positions);
      words[passFields.rows] = rows;
      write(scratch.get(name)!, words);
    }
  };

  /** Binds rows [first, first + rows) of the buffers that have rows, and the pass of a tile of them. */
  const tileOf = (resolve: Resolve, first: number, rows: number, isLast: boolean): Resolve => {
    return (name) => {
      if (name.startsWith('pass.')) return resolve(`${name}.${isLast ? 'last' : 'tile'}`);
      const patchBytes = perPatch.get(name);
      if (patchBytes) return { ...resolve(name), offset: first * patchBytes, size: rows * patchBytes };
      const groupBytes = perGroup.get(name);
      if (!groupBytes) return resolve(name);
      return { ...resolve(name), offset: (first / unit) * groupBytes, size: (rows / unit) * groupBytes };
    };
  };

  const dispatches = async (steps: readonly VisionStep[], resolve: Resolve, patches: number, tile: number) => {
    const all: Dispatch[] = [];
    for (const one of steps) {
      if (one.over === 'image') {
        const [bound] = await bindSteps(pipelines, [one], resolve);
        all.push(bound!.at(patches));
        continue;
      }
      for (let first = 0; first < patches; first += tile) {
        const rows = Math.min(tile, patches - first);
        const [bound] = await bindSteps(pipelines, [one], tileOf(resolve, first, rows, first + rows === patches));
        all.push(bound!.at(one.over === 'groups' ? rows / unit : rows));
      }
    }
    return all;
  };

  return {
    async encode(image, signal) {
      const inputs = visionInputs(vision, image);
      const plans = visionBuffers(vision, inputs.patches, inputs.side);
      const largest = Math.max(...plans.map(({ bytes }) => bytes));
      const limit = Math.min(capabilities.maxBindingBytes, capabilities.maxBufferBytes);
      if (largest > limit) throw tooManyPatches(vision, inputs.patches, Math.floor((inputs.patches * limit) / largest));
      const what = `encoding an image of ${inputs.groups} tokens`;
      const embedBytes = 4 * inputs.groups * rowStride(vision.outHiddenSize);
      const embeds = await memory.allocate('the embeddings of an image', [{ name: 'embeds', bytes: embedBytes }]);
      let scratch: Buffers = new Map();
      try {
        scratch = await memory.allocate(what, plans);
        const tile = tileRows(inputs.patches);
        fill(scratch, inputs, tile);
        for (const [index, stage] of stages.entries()) {
          const weights = await parts.load(index);
          const resolve = resolveIn(weights.bindings, scratch, embeds);
          const work = await dispatches(stage.steps, resolve, inputs.patches, tile);
          const isDone = await submitter.run('vision', what, work, signal);
          await parts.release(weights);
          if (isDone) continue;
          await submitter.idle();
          memory.release(embeds);
          return null;
        }
        return embeds;
      } catch (error) {
        memory.release(embeds);
        throw error;
      } finally {
        memory.release(scratch);
      }
    },
  };
}

function rowCost(step: VisionStep): number {
  return step.over === 'image' ? 0 : step.cost(1);
}

function tooManyPatches(vision: VisionConfig, patches: number, fitting: number): UserError {
  const pixels = (count: number) => (count * vision.patchSize ** 2) / 1e6;
  return new UserError({
    code: 'adapter-limits',
    subject: 'The graphics device',
    reason: `cannot bind the buffers of an image of ${pixels(patches).toFixed(1)} megapixels (maxStorageBufferBindingSize).`,
    remedy: `Limit images to ${pixels(fitting).toFixed(1)} megapixels.`,
  });
}
