/** The harness's worker: golden cases on a chosen backend, and decoding, through the studio's own runtime. */
import { kernelCases } from '@agentiad/core/kernels/cases.ts';
import { selfTest } from '@agentiad/core/kernels/selfTest.ts';
import { testGpus, type TestGpu } from '@agentiad/core/kernels/testing/harness.ts';
import { runParity, type CaseReport } from '@agentiad/core/model/parity.ts';
import { registerWebGpuBackend, requestModelDevice, watchDevice } from '@agentiad/core/model/webgpuBackend.ts';
import { base64 } from '@scure/base';
import * as tf from '@tensorflow/tfjs-core';
import { expose } from 'comlink';
import { decodeImage } from '../../src/runtime/decode/decodeImage.ts';
import { chooseBackend } from '../../src/runtime/device.ts';
import { createFetchSource } from '../../src/runtime/fetchSource.ts';
import { outcomeOf } from '../../src/runtime/messages.ts';
import type { HarnessApi } from './api.ts';

let deviceError: Error | null = null;
let ownGpus: Promise<TestGpu[]> | null = null;

/** A device without TensorFlow.js, on each of its tiers. */
function kernelGpus(): Promise<TestGpu[]> {
  ownGpus ??= (async () => {
    const adapter = await navigator.gpu.requestAdapter();
    if (!adapter) throw new Error('this browser has no WebGPU adapter');
    const device = await requestModelDevice(adapter);
    watchDevice(device, (error) => (deviceError = error));
    return testGpus(device);
  })();
  return ownGpus;
}

const api: HarnessApi = {
  start: (backend) =>
    outcomeOf(backend, async () => {
      const { info, device } = await chooseBackend(backend, (error) => {
        deviceError = error;
      });
      // The page leaves TensorFlow.js on wasm where the adapter is software; here it is what is tested.
      if (device && tf.getBackend() !== 'webgpu') await registerWebGpuBackend(device, device.adapterInfo);
      return info;
    }),

  runGolden: ({ folder, caseNames }) =>
    outcomeOf(folder, async () => {
      const tensors = tf.memory().numTensors;
      const reports: CaseReport[] = [];
      const source = createFetchSource(new URL(`/golden/${folder}/`, self.location.href).href, () => {});
      const raster = async (bytes: Uint8Array, name: string) => (await decodeImage(bytes, name)).raster;
      for await (const report of runParity({ source, caseNames, decodeImage: raster })) reports.push(report);
      if (deviceError) throw deviceError;
      return { reports, leakedTensors: tf.memory().numTensors - tensors };
    }),

  runKernels: (family, tier) =>
    outcomeOf(family, async () => {
      const gpu = (await kernelGpus()).find(({ capabilities }) => capabilities.tier === tier);
      if (!gpu) throw new Error(`this adapter has no tier ${tier}`);
      const failures: string[] = [];
      for (const { name, run } of kernelCases[family]) {
        const { passed, problem } = await run(gpu);
        if (!passed) failures.push(`${name}: ${problem}`);
      }
      if (deviceError) throw deviceError;
      return { cases: kernelCases[family].length, failures };
    }),

  selfTest: () =>
    outcomeOf('self-test', async () => {
      const { device, capabilities } = (await kernelGpus()).at(-1)!;
      return selfTest(device, capabilities);
    }),

  decode: (file, name) =>
    outcomeOf(name, async () => {
      const { raster, ...facts } = await decodeImage(base64.decode(file), name);
      return { ...facts, width: raster.width, height: raster.height, pixels: base64.encode(raster.data) };
    }),
};

expose(api);
