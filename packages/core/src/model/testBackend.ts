/** The two TensorFlow.js backends that every machine has, for unit tests in Node. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

export const testBackends = ['wasm', 'cpu'] as const;

/** Makes `name` the current backend; the wasm files are found from the repository root, where tests run. */
export async function useTestBackend(name: (typeof testBackends)[number]): Promise<void> {
  setWasmPaths('node_modules/@tensorflow/tfjs-backend-wasm/dist/');
  await tf.setBackend(name);
}
