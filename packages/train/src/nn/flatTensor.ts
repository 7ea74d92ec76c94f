/**
 * Tensors of the webgpu backend as one flat tensor, and back. The copies are recorded by themselves, between the
 * backend's own work: they are no dispatches, so that hundreds of them cost little.
 */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { assert } from '@agentiad/core/support/assert.ts';
import type { TrainedSpan } from './trainingModel.ts';

const bytesPerValue = 4;

/** Tensors by name in the places of `spans`, [size]; zero where there is none. */
export function flatten(
  spans: readonly TrainedSpan[],
  size: number,
  tensors: Readonly<Record<string, tf.Tensor>>,
): tf.Tensor1D {
  const flat = emptyTensor([size]) as tf.Tensor1D;
  const target = bufferOf(flat);
  const parts = spans.flatMap(({ name, from }) => {
    const tensor = tensors[name];
    return tensor ? [{ source: bufferOf(tensor), from, size: tensor.size }] : [];
  });
  record((encoder) => {
    if (parts.length < spans.length) encoder.clearBuffer(target);
    for (const { source, from, size: count } of parts) {
      encoder.copyBufferToBuffer(source, 0, target, bytesPerValue * from, bytesPerValue * count);
    }
  });
  return flat;
}

/** New tensors by name out of `flat`, which may go on behind the last span. */
export function unflatten(spans: readonly TrainedSpan[], flat: tf.Tensor1D): Record<string, tf.Tensor> {
  const tensors = Object.fromEntries(spans.map(({ name, shape }) => [name, emptyTensor(shape)]));
  const source = bufferOf(flat);
  const targets = spans.map(({ name }) => bufferOf(tensors[name]!));
  record((encoder) => {
    spans.forEach(({ from, to }, i) => {
      encoder.copyBufferToBuffer(source, bytesPerValue * from, targets[i]!, 0, bytesPerValue * (to - from));
    });
  });
  return tensors;
}

function backendOf(): WebGPUBackend {
  assert(tf.getBackend() === 'webgpu', 'tensors are copied on the webgpu backend only');
  return tf.backend() as unknown as WebGPUBackend;
}

/** With a buffer of its own; what is in it is not defined. */
function emptyTensor(shape: readonly number[]): tf.Tensor {
  return tf.engine().makeTensorFromTensorInfo(backendOf().makeTensorInfo([...shape], 'float32'));
}

function bufferOf({ dataId }: tf.Tensor): GPUBuffer {
  const backend = backendOf();
  backend.uploadToGPU(dataId);
  return backend.tensorMap.get(dataId).resource as GPUBuffer;
}

/** After all that the backend has recorded so far, before all that comes. */
function record(use: (encoder: GPUCommandEncoder) => void): void {
  const backend = backendOf();
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.submitQueue();
  const encoder = backend.device.createCommandEncoder();
  use(encoder);
  backend.queue.submit([encoder.finish()]);
}
