/** The device of the current TensorFlow.js backend: GPU tests share it, as the engine does. */
import * as tf from '@tensorflow/tfjs-core';

export function currentDevice(): GPUDevice {
  const { device } = tf.backend() as { device?: GPUDevice };
  if (!device) throw new Error(`the current backend is ${tf.getBackend()}, not webgpu`);
  return device;
}
