/** The browser's page as the studio's host: clock, ids, downloads, locks, frames. */
import type { ReplayPicture } from '@agentiad/core/replay/replayFile.ts';
import { base64 } from '@scure/base';
import type { StudioHost } from '../state/context.ts';
import type { PlayheadHost } from '../state/playhead.ts';
import { pickFolder } from './pickFolder.ts';

const LOCK = 'agentiad-run-';

export function createHost(): StudioHost {
  // Missing on insecure origins, as randomUUID is.
  const { locks, storage } = navigator as { locks?: LockManager; storage?: Partial<StorageManager> };
  return {
    now: () => new Date(),
    newId: randomId,
    base: new URL('.', document.baseURI).href,
    fetch: (url) => fetch(url),
    bitmapOfAsset: async ({ mime, base64 }) => {
      const response = await fetch(`data:${mime};base64,${base64}`);
      return createImageBitmap(await response.blob());
    },
    encodePicture,
    saveFile(name, content) {
      const isText = typeof content === 'string';
      const type = !isText ? 'application/zip' : name.endsWith('.html') ? 'text/html' : 'application/json';
      const url = URL.createObjectURL(new Blob([content], { type }));
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      // Some browsers read it only after the click has been handled.
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    },
    pickFolder,
    nextFrame: (work) => void requestAnimationFrame(work),
    whenIdle(work) {
      if ('requestIdleCallback' in window) window.requestIdleCallback(work, { timeout: 10_000 });
      else setTimeout(work, 2_000);
    },
    // Refusal is the normal case in a fresh profile; the data is then kept until the browser needs room.
    keepData: async () => (await storage?.persist?.().catch(() => false)) ?? false,
    async storageFacts() {
      const [room, isPersistent] = await Promise.all([
        storage?.estimate?.().catch(() => null),
        storage?.persisted?.().catch(() => null),
      ]);
      return { usedBytes: room?.usage ?? null, quotaBytes: room?.quota ?? null, isPersistent: isPersistent ?? null };
    },
    async copyText(text) {
      const { clipboard } = navigator as { clipboard?: Clipboard };
      return (
        (await clipboard?.writeText(text).then(
          () => true,
          () => false,
        )) ?? false
      );
    },
    environment: () => ({
      browser: navigator.userAgent,
      languages: navigator.languages,
      isSecure: window.isSecureContext,
      hasWebGpu: 'gpu' in navigator,
      cores: navigator.hardwareConcurrency,
      screen: `${window.innerWidth} x ${window.innerHeight} at ${window.devicePixelRatio}`,
      theme: document.documentElement.dataset.theme,
    }),
    holdRun: async (runId, work) => (locks ? locks.request(LOCK + runId, work) : work()),
    async liveRuns() {
      if (!locks) return null;
      const { held = [] } = await locks.query();
      const names = held.map((lock) => lock.name ?? '').filter((name) => name.startsWith(LOCK));
      return new Set(names.map((name) => name.slice(LOCK.length)));
    },
  };
}

/** Long side of a picture that is saved for looking at, in pixels. */
const PICTURE_SIDE = 2560;

async function encodePicture(bitmap: ImageBitmap): Promise<ReplayPicture> {
  const scale = Math.min(1, PICTURE_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.9 });
  return { mime: blob.type, base64: base64.encode(new Uint8Array(await blob.arrayBuffer())) };
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function createPlayheadHost(reducedMotion: () => boolean): PlayheadHost {
  return {
    frame(callback) {
      const id = requestAnimationFrame(callback);
      return () => cancelAnimationFrame(id);
    },
    reducedMotion,
  };
}
