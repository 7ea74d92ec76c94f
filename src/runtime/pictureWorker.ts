/** The worker that cuts pieces of large images, so that zooming never waits for the agent. Keeps the last image decoded. */
import { cropRaster } from '@agentiad/core/image/crop.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import { expose, transfer } from 'comlink';
import { decodeImage } from './decode/decodeImage.ts';
import { lettingGo } from './lettingGo.ts';
import { outcomeOf } from './messages.ts';
import type { PictureApi } from './pictureMessages.ts';
import { bitmapOf } from './prepareImage.ts';

let kept: { readonly key: string; readonly raster: Promise<Raster | null> } | null = null;

const cut: PictureApi['cut'] = async ({ sha256, name, window }, { box, size }, readFile) => {
  const outcome = await outcomeOf(name, async () => {
    const key = JSON.stringify([sha256, window]);
    if (kept?.key !== key) {
      const raster = readFile().then(
        async (bytes) => bytes && (await decodeImage(new Uint8Array(bytes), name, window)).raster,
      );
      kept = { key, raster };
    }
    const raster = await kept.raster;
    return raster && bitmapOf(cropRaster(raster, box), size);
  });
  if (!outcome.ok || !outcome.value) kept = null;
  return outcome.ok && outcome.value ? transfer(outcome, [outcome.value]) : outcome;
};

const api: PictureApi = {
  cut: (file, request, readFile) => lettingGo([readFile], () => cut(file, request, readFile)),
};

expose(api);
