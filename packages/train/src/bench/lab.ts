/**
 * The engine's kernels on a bench: its plan, its buffers and its weights on the GPU, but every dispatch can be timed alone.
 */
import { bindSteps, compileSteps, resolveIn } from '@agentiad/core/engine/bind.ts';
import { createDeviceGuard } from '@agentiad/core/engine/deviceGuard.ts';
import { createGpuMemory } from '@agentiad/core/engine/gpuMemory.ts';
import { timeRepeated, type BenchGpu, type SampleOptions } from '@agentiad/core/engine/microBenchCeilings.ts';
import { defaultOptions } from '@agentiad/core/engine/options.ts';
import { planEngine, type EnginePlan } from '@agentiad/core/engine/plan.ts';
import { textRopeTable } from '@agentiad/core/engine/ropeTable.ts';
import type { Step } from '@agentiad/core/engine/step.ts';
import { createUploader, type UploadedGroup } from '@agentiad/core/engine/upload.ts';
import { visionInputs } from '@agentiad/core/engine/visionInputs.ts';
import { visionBuffers, type VisionStep } from '@agentiad/core/engine/visionProgram.ts';
import { passBytes, passFields, rowStride } from '@agentiad/core/kernels/layout.ts';
import { dispatch } from '@agentiad/core/kernels/pipelines.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { EncodedWeights } from '@agentiad/core/model/weightSource.ts';
import { randomImage } from './inputs.ts';

export interface LabOptions {
  readonly context: number;
  readonly chunkRows: number;
  /** Pixels of the square image that the vision buffers hold; null: the tower is left out. */
  readonly imageSide: number | null;
}

export interface Lab {
  readonly plan: EnginePlan;
  readonly patches: number;
  /** Times `steps` one after the other as one piece of work, on `rows` rows after `cached` tokens. */
  timeLanguage(steps: readonly Step[], rows: number, cached: number, options: SampleOptions): Promise<number[]>;
  /** Times `steps` of one stage of the tower on the whole image. */
  timeVision(stage: number, steps: readonly VisionStep[], options: SampleOptions): Promise<number[]>;
  dispose(): void;
}

/** Uploads `encoded` and makes every buffer. Throws the engine's UserErrors. */
export async function openLab(
  gpu: BenchGpu,
  config: ModelConfig,
  encoded: EncodedWeights,
  { context, chunkRows, imageSide }: LabOptions,
): Promise<Lab> {
  const { device, capabilities, pipelines } = gpu;
  const plan = planEngine(config, encoded, capabilities, { ...defaultOptions, context, chunkRows });
  const guard = createDeviceGuard(device, { timeoutMs: 600_000 });
  const memory = createGpuMemory(device, guard);
  const uploader = createUploader(device, guard, memory, encoded);
  try {
    const { language } = plan;
    const shared = await memory.allocate('the activations', [...language.buffers, ...plan.sequenceBuffers]);
    device.queue.writeBuffer(shared.get('rope')!, 0, textRopeTable(config.text, plan.context));
    const x = shared.get('x')!;
    device.queue.writeBuffer(x, 0, new Float32Array(x.size / 4).fill(0.5));
    const weights = await uploader.upload(plan.weights.language);
    const inLanguage = resolveIn(weights.bindings, shared);

    const image = imageSide === null ? null : randomImage(config.vision, imageSide, imageSide);
    const inputs = image && visionInputs(config.vision, image);
    const visionWeights: UploadedGroup[] = [];
    for (const group of image ? plan.weights.vision : []) visionWeights.push(await uploader.upload(group));
    const visionShared = inputs
      ? await memory.allocate('the image', [
          ...visionBuffers(config.vision, inputs.patches, inputs.side),
          { name: 'embeds', bytes: 4 * inputs.groups * rowStride(config.vision.outHiddenSize) },
        ])
      : null;
    if (inputs && visionShared) {
      for (const [name, data] of inputs.contents) device.queue.writeBuffer(visionShared.get(name)!, 0, data);
      device.queue.writeBuffer(visionShared.get('pass.patches')!, 0, passWords(inputs.patches, 0, 0));
      device.queue.writeBuffer(visionShared.get('pass.groups')!, 0, passWords(inputs.groups, 0, 0));
    }

    const time = async (
      steps: readonly Step[],
      rows: (step: Step) => number,
      resolve: typeof inLanguage,
      options: SampleOptions,
    ) => {
      await compileSteps(pipelines, steps);
      const bound = await bindSteps(pipelines, steps, resolve);
      const recorded = bound.map((step, i) => step.at(rows(steps[i]!)));
      return timeRepeated(
        gpu,
        (pass) => {
          for (const { recorded: one, workgroups } of recorded) dispatch(pass, one, workgroups);
        },
        options,
      );
    };

    return {
      plan,
      patches: inputs?.patches ?? 0,
      timeLanguage(steps, rows, cached, options) {
        device.queue.writeBuffer(shared.get('pass')!, 0, passWords(rows, cached, rows));
        return time(steps, () => rows, inLanguage, options);
      },
      timeVision(stage, steps, options) {
        const resolve = resolveIn(visionWeights[stage]!.bindings, visionShared!);
        const rows = (step: Step) => ((step as VisionStep).over === 'groups' ? inputs!.groups : inputs!.patches);
        return time(steps, rows, resolve, options);
      },
      dispose: () => memory.dispose(),
    };
  } catch (error) {
    memory.dispose();
    throw error;
  }
}

/** A pass buffer: `rows` rows after `cached` tokens, positions of `positionRows` of them. */
function passWords(rows: number, cached: number, positionRows: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(passBytes(positionRows) / 4);
  words[passFields.rows] = rows;
  words[passFields.cached] = cached;
  words.fill(cached, passFields.positions);
  return words;
}
