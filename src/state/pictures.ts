/**
 * Pictures for drawing, by key: image files by their hash, and what the model saw by asset hash. Kept apart from the
 * store; bounded by area, oldest closed first. Listeners are told when one has come.
 */
export interface Pictures {
  get(key: string): ImageBitmap | null;
  put(key: string, bitmap: ImageBitmap): void;
  /** Loads a missing picture once; a failed load is not repeated. */
  want(key: string, load: () => Promise<ImageBitmap | null>): void;
  onChange(listener: () => void): () => void;
  version(): number;
}

export function createPictures(maxPixels = 160e6): Pictures {
  const bitmaps = new Map<string, ImageBitmap>();
  const asked = new Set<string>();
  const listeners = new Set<() => void>();
  let version = 0;
  const area = () => [...bitmaps.values()].reduce((sum, bitmap) => sum + bitmap.width * bitmap.height, 0);
  const put = (key: string, bitmap: ImageBitmap) => {
    bitmaps.delete(key);
    bitmaps.set(key, bitmap);
    asked.add(key);
    for (const [oldest, old] of bitmaps) {
      if (area() <= maxPixels || oldest === key) break;
      bitmaps.delete(oldest);
      asked.delete(oldest);
      old.close();
    }
    version += 1;
    for (const listener of listeners) listener();
  };
  return {
    get: (key) => bitmaps.get(key) ?? null,
    put,
    want(key, load) {
      if (asked.has(key)) return;
      asked.add(key);
      void load().then((bitmap) => bitmap && put(key, bitmap));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    version: () => version,
  };
}
