/** The harness's worker: golden cases on a chosen backend, and decoding, through the studio's own runtime. */
import { runParity, type CaseReport } from '@agentiad/core/model/parity.ts';
import { base64 } from '@scure/base';
import * as tf from '@tensorflow/tfjs-core';
import { expose } from 'comlink';
import { decodeImage } from '../../src/runtime/decode/decodeImage.ts';
import { chooseBackend } from '../../src/runtime/device.ts';
import { createFetchSource } from '../../src/runtime/fetchSource.ts';
import { outcomeOf } from '../../src/runtime/messages.ts';
import type { HarnessApi } from './api.ts';

let deviceError: Error | null = null;

const api: HarnessApi = {
  start: (backend) =>
    outcomeOf(backend, () =>
      chooseBackend(backend, (error) => {
        deviceError = error;
      }),
    ),

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

  decode: (file, name) =>
    outcomeOf(name, async () => {
      const { raster, ...facts } = await decodeImage(base64.decode(file), name);
      return { ...facts, width: raster.width, height: raster.height, pixels: base64.encode(raster.data) };
    }),
};

expose(api);
