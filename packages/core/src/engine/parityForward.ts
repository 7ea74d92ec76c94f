/** The engine as parity sees it: every stage by itself. */
import { rowStride } from '../kernels/layout.ts';
import { encodeWeights } from '../model/encodeWeights.ts';
import type { LogitsRequest, OpenForward } from '../model/parityForward.ts';
import { exactPolicy, type WeightPolicy } from '../model/weightSchemePolicy.ts';
import type { ModelConfig } from '../model/config.ts';
import { createEngineBackbone, type EngineBackbone } from './engine.ts';
import { usages } from './gpuMemory.ts';
import type { EngineOptions } from './options.ts';

/** Opens the engine on `device`, with the weights stored as `policy` says: by default exactly as they are. */
export function engineForward(
  device: GPUDevice,
  settings: { readonly policy?: WeightPolicy; readonly options?: Partial<EngineOptions> } = {},
): OpenForward {
  return async (config, weights) => {
    const encoded = encodeWeights(weights, settings.policy ?? exactPolicy);
    const backbone = await createEngineBackbone({ device, loaded: { config, ...unnamed }, encoded, ...settings });
    return {
      async imageEmbeds(images) {
        const buffers = await backbone.internals.images.embed(images);
        const rows: Float32Array[] = [];
        for (const buffer of buffers ?? []) rows.push(await readRows(device, buffer, config.vision.outHiddenSize));
        return concatenate(rows);
      },
      logits: (request) => allLogits(backbone, config, request),
      createSession: () => backbone.createSession(),
      dispose: () => backbone.dispose(),
    };
  };
}

/** A model without text: parity works on ids. */
const unnamed = {
  tokenizer: { vocabSize: 0, encode: () => [], decode: () => '', idOf: () => null, textOf: () => null },
  card: {
    id: 'parity',
    name: 'parity',
    sha256: '',
    scheme: '',
    trainedOn: '',
    licence: '',
    commercialUse: 'ask',
    tuned: false,
  },
} as const;

/** Logits at every token: chunks go through the layers, then each row through the head. */
async function allLogits(backbone: EngineBackbone, config: ModelConfig, request: LogitsRequest): Promise<Float32Array> {
  const { device } = backbone.internals;
  const { vocabSize, hiddenSize } = config.text;
  const sequence = await backbone.internals.openSequence();
  const width = rowStride(hiddenSize);
  const imageRows = (request.embeds?.length ?? 0) / hiddenSize;
  const embeds = device.createBuffer({
    size: Math.max(16, 4 * imageRows * width),
    usage: usages.copySource | usages.copyTarget,
  });
  for (let row = 0; row < imageRows; row++) {
    const values = request.embeds!.slice(row * hiddenSize, (row + 1) * hiddenSize);
    device.queue.writeBuffer(embeds, 4 * row * width, values);
  }
  const flat = request.ids.flat();
  const all: Float32Array[] = [];
  let image = 0;
  for (let start = 0, row = 0; row < request.ids.length; start += request.ids[row]!.length, row++) {
    const ids = request.ids[row]!;
    for (let first = 0; first < ids.length; first += backbone.plan.chunkRows) {
      const count = Math.min(backbone.plan.chunkRows, ids.length - first);
      const chunk = ids.slice(first, first + count);
      const positions = Int32Array.from({ length: 3 * count }, (_, i) => {
        const axis = Math.floor(i / count);
        return request.positionIds[axis * flat.length + start + first + (i % count)]!;
      });
      const places = Array.from(chunk.keys()).filter((t) => chunk[t] === config.special.image);
      const runs = places.map((token) => ({ token, count: 1, embeds, row: image++ }));
      await sequence.feedChunk({ ids: chunk, positions, runs, cached: first });
      for (let t = 0; t < count; t++) {
        await sequence.head(t);
        all.push(await sequence.readLogits());
      }
    }
  }
  backbone.internals.closeSequence(sequence);
  embeds.destroy();
  return concatenate(all, vocabSize * flat.length);
}

/** Rows of `width` values, without their padding. */
async function readRows(device: GPUDevice, buffer: GPUBuffer, width: number): Promise<Float32Array> {
  const read = device.createBuffer({ size: buffer.size, usage: usages.mapRead | usages.copyTarget });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 0, read, 0, buffer.size);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(usages.mapRead);
  const padded = new Float32Array(read.getMappedRange().slice(0));
  read.destroy();
  const stride = rowStride(width);
  const rows: Float32Array[] = [];
  for (let at = 0; at < padded.length; at += stride) rows.push(padded.subarray(at, at + width));
  return concatenate(rows);
}

function concatenate(parts: readonly Float32Array[], length = parts.reduce((sum, part) => sum + part.length, 0)) {
  const all = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
