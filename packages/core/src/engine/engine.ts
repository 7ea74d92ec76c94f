/**
 * Qwen2.5-VL on own WGSL kernels: the same `Backbone` as model/model.ts on a bare GPUDevice, for quantised inference. No
 * TensorFlow.js operation runs here.
 */
import { readCapabilities, type Capabilities } from '../kernels/capabilities.ts';
import { createPipelines } from '../kernels/pipelines.ts';
import { selfTest } from '../kernels/selfTest.ts';
import type { Backbone, Session } from '../model/backbone.ts';
import type { LoadedModel } from '../model/loadModel.ts';
import { greedy } from '../model/sampler.ts';
import type { EncodedWeights } from '../model/weightSource.ts';
import { compileSteps } from './bind.ts';
import { createDeviceGuard, type DeviceGuard } from './deviceGuard.ts';
import { createForks } from './forks.ts';
import { createGpuMemory } from './gpuMemory.ts';
import { createImageCache } from './imageCache.ts';
import { defaultOptions, type EngineOptions } from './options.ts';
import { memoryTable, planEngine, type EnginePlan, type MemoryTable } from './plan.ts';
import { textRopeTable } from './ropeTable.ts';
import { createSequence, type Sequence } from './sequence.ts';
import { createEngineSession } from './session.ts';
import { createSubmitter } from './submitter.ts';
import { createUploader, type UploadedGroup } from './upload.ts';
import { createVisionEncoder } from './visionEncoder.ts';
import { groupBytes } from './weightPlan.ts';

/** Software adapters compile a kernel when it first runs, which takes them seconds. */
const softwarePatience = 5;

/** Loading, for the page: bytes first, then what the GPU still does. */
export type EnginePhase =
  { readonly phase: 'weights'; readonly bytes: number; readonly totalBytes: number } | { readonly phase: 'preparing' };

export interface EngineStats {
  readonly dispatchesPerToken: number;
  /** Images that went through the vision tower. */
  readonly encodedImages: number;
  /** GPU memory held now, and the most so far. */
  readonly gpuBytes: number;
  readonly peakGpuBytes: number;
  /** The kernels' tier on this device. */
  readonly tier: Capabilities['tier'];
}

export interface EngineBackbone extends Backbone {
  readonly stats: EngineStats;
  readonly plan: EnginePlan;
  /** GPU memory with one sequence, while an image of so many patches is encoded. */
  memory(patches: number): MemoryTable;
  /** Sessions that run at the same time; those that are fed the same first share it. */
  createSessions(count: number): readonly Session[];
  /**
   * Reads weights anew from where they came, by default all; `isChanged` names those that are different now. Buffers and
   * pipelines stay. Call it with no session open.
   */
  reload(isChanged?: (tensor: string) => boolean): Promise<void>;
  /** For parity checks: a sequence outside any session, and the embeddings of images. */
  readonly internals: EngineInternals;
}

export interface EngineInternals {
  openSequence(): Promise<Sequence>;
  closeSequence(sequence: Sequence): void;
  readonly images: ReturnType<typeof createImageCache>;
  readonly device: GPUDevice;
}

export interface EngineBackboneOptions {
  /** Stays the caller's. */
  readonly device: GPUDevice;
  readonly loaded: Pick<LoadedModel, 'config' | 'tokenizer' | 'card'>;
  readonly encoded: EncodedWeights;
  readonly onPhase?: (phase: EnginePhase) => void;
  readonly options?: Partial<EngineOptions>;
}

/**
 * Tests the device, then uploads the model while its pipelines compile. Throws UserErrors: `gpu-wrong-results`,
 * `model-weights`, `adapter-limits`, `gpu-out-of-memory`, `device-lost`, `gpu-timeout`; nothing stays allocated then.
 */
export async function createEngineBackbone(given: EngineBackboneOptions): Promise<EngineBackbone> {
  const { device, loaded, encoded, onPhase = () => {} } = given;
  const options: EngineOptions = { ...defaultOptions, ...given.options };
  const { config, tokenizer, card } = loaded;
  const isSoftware = options.capabilities?.isSoftware ?? device.adapterInfo.isFallbackAdapter;
  const guard = createDeviceGuard(device, {
    timer: options.timer,
    timeoutMs: options.timeoutMs * (isSoftware ? softwarePatience : 1),
  });
  const capabilities = options.capabilities ?? (await testedCapabilities(device, isSoftware, guard));
  const plan = planEngine(config, encoded, capabilities, options);
  const memory = createGpuMemory(device, guard);
  const pipelines = createPipelines(device);
  const submitter = createSubmitter(device, guard, { ...options, isSoftware: capabilities.isSoftware });
  const uploader = createUploader(device, guard, memory, encoded);

  const resident = options.lowMemory ? [] : plan.weights.vision;
  const groups = [plan.weights.language, ...resident];
  const totalBytes = groups.reduce((sum, group) => sum + groupBytes(group), 0);
  let bytes = 0;
  const count = (more: number) => {
    bytes += more;
    onPhase({ phase: 'weights', bytes: Math.min(bytes, totalBytes), totalBytes });
  };
  const uploadAll = async (): Promise<UploadedGroup[]> => {
    const uploaded: UploadedGroup[] = [];
    for (const group of groups) uploaded.push(await uploader.upload(group, count));
    onPhase({ phase: 'preparing' });
    return uploaded;
  };

  try {
    const { language } = plan;
    const steps = [language.decode, language.embed, language.prefill, language.head, plan.sample].flat();
    const compiled = compileSteps(pipelines, [...steps, ...plan.vision.flatMap((stage) => stage.steps)]);
    compiled.catch(() => {}); // awaited below; the upload may fail first
    const activations = await memory.allocate('the activations', language.buffers);
    device.queue.writeBuffer(activations.get('rope')!, 0, textRopeTable(config.text, plan.context));
    const uploaded = await uploadAll();
    const [languageWeights, ...visionWeights] = uploaded;
    await guard.wait(compiled, 'compiling the kernels');

    const encoder = createVisionEncoder({
      vision: config.vision,
      stages: plan.vision,
      capabilities,
      pipelines,
      memory,
      submitter,
      load: async (stage) => visionWeights[stage] ?? uploader.upload(plan.weights.vision[stage]!),
      release: async (group) => {
        if (!options.lowMemory) return;
        await submitter.idle();
        memory.release(group.buffers);
      },
    });
    /** Drivers finish a kernel when it first runs: that belongs to the loading. */
    const warmUp = async (sequence: Sequence) => {
      const side = config.vision.mergeSize;
      const pixelValues = new Float32Array(side ** 2 * config.vision.patchDim);
      const positions = Int32Array.of(0, 1, 0, 1, 0, 1);
      await sequence.feed({ ids: [0, 0], positions, runs: [], cached: 0 });
      const quiet = { settings: greedy.settings, uniforms: [0], watched: [], isMasked: false, allowed: [] };
      await sequence.decode({ ...quiet, waiting: 0, cached: 2, position: 2, steps: 1 });
      if (!options.lowMemory) {
        const image = { pixelValues, grid: { height: side, width: side }, sha256: '' };
        const embeds = await encoder.encode(image);
        if (embeds) memory.release(embeds);
      }
      await submitter.idle();
      submitter.forget();
    };
    const images = createImageCache(memory, (image, signal) => encoder.encode(image, signal), options.imageCacheBytes);

    const shared = new Map<string, GPUBuffer | GPUBufferBinding>([...activations, ...languageWeights!.bindings]);
    const open = () => createSequence({ config, plan, pipelines, guard, memory, submitter, shared });
    const free: Sequence[] = [await open()];
    await warmUp(free[0]!);
    const openSequence = async () => free.pop() ?? open();
    const closeSequence = (sequence: Sequence) => void free.push(sequence);
    const exclusive = createLock();
    const tokenCost = [...language.decode, ...language.head].reduce((sum, step) => sum + step.cost(1), 0);
    const stepsPerReadback = () => Math.min(options.stepsPerReadback, submitter.rowsPerSubmit('decode', tokenCost));

    const sessionParts = {
      config,
      plan,
      images,
      stepsPerReadback,
      open: openSequence,
      close: closeSequence,
      exclusive,
    };

    return {
      config,
      tokenizer,
      card,
      plan,
      get stats() {
        return {
          dispatchesPerToken: plan.dispatchesPerToken,
          encodedImages: images.encodedImages,
          gpuBytes: memory.bytes,
          peakGpuBytes: memory.peakBytes,
          tier: capabilities.tier,
        };
      },
      memory: (patches) => memoryTable(plan, config, options, patches),
      internals: { openSequence, closeSequence, images, device },
      createSession: () => createEngineSession(sessionParts),
      createSessions(count) {
        const forks = createForks();
        return Array.from({ length: count }, () => createEngineSession({ ...sessionParts, forks }));
      },
      reload: (isChanged = () => true) =>
        exclusive(async () => {
          await submitter.idle();
          for (const [index, group] of groups.entries()) {
            await uploader.update(group, uploaded[index]!.buffers, isChanged);
          }
          if ([...encoded.tensors.keys()].some((name) => name.startsWith('visual.') && isChanged(name))) images.clear();
        }),
      dispose: () => memory.dispose(),
    };
  } catch (error) {
    memory.dispose();
    throw error;
  }
}

/** The best tier that computes right on this device; the limits are the device's own. */
async function testedCapabilities(device: GPUDevice, isSoftware: boolean, guard: DeviceGuard): Promise<Capabilities> {
  const tested = selfTest(device, readCapabilities(device, isSoftware));
  return (await guard.wait(tested, 'its self-test')).capabilities;
}

/** Runs one piece of work at a time, in the order they came. */
function createLock(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };
}
