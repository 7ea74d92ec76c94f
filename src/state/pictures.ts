/**
 * Pictures for drawing, by key: image files by their hash, and what the model saw by asset hash. Large files are here
 * reduced; of those a piece of the original may be here too. Kept apart from the store; bounded by bytes, what was not
 * drawn for longest closed first. Listeners are told when one has come.
 */
import type { Piece } from '../runtime/pictureMessages.ts';

export interface Pictures {
  get(key: string): ImageBitmap | null;
  /** `variant`: which picture of several that may stand under this key, `''` unless told. */
  put(key: string, bitmap: ImageBitmap, variant?: string): void;
  /** Loads a missing picture, or another variant, once; a failed load is not repeated. */
  want(key: string, load: () => Promise<ImageBitmap | null>, variant?: string): void;
  /** Lets go of the pictures whose key begins with `prefix` and is not in `keys`: nobody will look at them soon. */
  keepOnly(prefix: string, keys: ReadonlySet<string>): void;
  /** The sharp piece there is of a large image. */
  piece(key: string): Piece | null;
  /** Takes the place of the piece before. */
  putPiece(key: string, piece: Piece): void;
  onChange(listener: () => void): () => void;
  version(): number;
  /** Bytes of the bitmaps kept. */
  bytes(): number;
}

const BYTES_A_PIXEL = 4;

export function createPictures(maxBytes = 512e6): Pictures {
  const bitmaps = new Map<string, ImageBitmap>();
  /** Boxes of the pieces, which lie among the bitmaps under a key of their own. */
  const pieces = new Map<string, Piece['box']>();
  /** The variant asked for last. */
  const asked = new Map<string, string>();
  const listeners = new Set<() => void>();
  let version = 0;
  let bytes = 0;
  const pieceKey = (key: string) => `piece:${key}`;
  const sizeOf = ({ width, height }: ImageBitmap) => width * height * BYTES_A_PIXEL;
  const remove = (key: string) => {
    const bitmap = bitmaps.get(key);
    if (!bitmap) return;
    bitmaps.delete(key);
    pieces.delete(key);
    asked.delete(key);
    bytes -= sizeOf(bitmap);
    bitmap.close();
  };
  const get = (key: string) => {
    const bitmap = bitmaps.get(key);
    if (!bitmap) return null;
    // Drawn last, closed last.
    bitmaps.delete(key);
    bitmaps.set(key, bitmap);
    return bitmap;
  };
  const put = (key: string, bitmap: ImageBitmap, variant = '') => {
    if (bitmaps.get(key) !== bitmap) {
      remove(key);
      remove(pieceKey(key));
      bytes += sizeOf(bitmap);
    }
    bitmaps.set(key, bitmap);
    asked.set(key, variant);
    for (const oldest of bitmaps.keys()) {
      if (bytes <= maxBytes || oldest === key) break;
      remove(oldest);
    }
    version += 1;
    for (const listener of listeners) listener();
  };
  return {
    get,
    put,
    want(key, load, variant = '') {
      if (asked.get(key) === variant) return;
      asked.set(key, variant);
      void load().then((bitmap) => {
        if (!bitmap) return;
        // Another one was asked for meanwhile.
        if ((asked.get(key) ?? variant) === variant) put(key, bitmap, variant);
        else bitmap.close();
      });
    },
    keepOnly(prefix, keys) {
      for (const [key, bitmap] of bitmaps) {
        if (!key.startsWith(prefix) || keys.has(key)) continue;
        // Not closed: the frame being drawn may still show it. Nobody holds it afterwards.
        bitmaps.delete(key);
        bytes -= sizeOf(bitmap);
      }
      for (const key of asked.keys()) if (key.startsWith(prefix) && !keys.has(key)) asked.delete(key);
    },
    piece(key) {
      const bitmap = get(pieceKey(key));
      const box = pieces.get(pieceKey(key));
      return bitmap && box ? { box, bitmap } : null;
    },
    putPiece(key, { box, bitmap }) {
      remove(pieceKey(key));
      pieces.set(pieceKey(key), box);
      put(pieceKey(key), bitmap);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    version: () => version,
    bytes: () => bytes,
  };
}
