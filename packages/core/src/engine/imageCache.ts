/** Embeddings of images already encoded, by content, up to a number of bytes; the least recently used go first. */
import type { ProcessedImage } from '../image/processor.ts';
import type { AbortSignalLike } from '../model/backbone.ts';
import type { Buffers, GpuMemory } from './gpuMemory.ts';

export interface ImageCache {
  /** Images that went through the vision tower so far. */
  readonly encodedImages: number;
  /**
   * Embeddings of `images`, in order; each different one is encoded at most once. They live until the next call. Null
   * when `signal` ended it.
   */
  embed(images: readonly ProcessedImage[], signal?: AbortSignalLike): Promise<GPUBuffer[] | null>;
  /** Forgets all embeddings: the tower has other weights now. */
  clear(): void;
}

export function createImageCache(
  memory: GpuMemory,
  encode: (image: ProcessedImage, signal?: AbortSignalLike) => Promise<Buffers | null>,
  maxBytes: number,
): ImageCache {
  const kept = new Map<string, Buffers>();
  let encodedImages = 0;

  const bytesOf = (buffers: Buffers) => buffers.get('embeds')!.size;

  const trim = (needed: ReadonlySet<string>) => {
    let bytes = [...kept.values()].reduce((sum, buffers) => sum + bytesOf(buffers), 0);
    for (const [key, buffers] of kept) {
      if (bytes <= maxBytes) return;
      if (needed.has(key)) continue;
      bytes -= bytesOf(buffers);
      memory.release(buffers);
      kept.delete(key);
    }
  };

  return {
    clear() {
      kept.forEach((buffers) => memory.release(buffers));
      kept.clear();
    },
    get encodedImages() {
      return encodedImages;
    },
    async embed(images, signal) {
      const keys = images.map((image) => `${image.sha256} ${image.grid.height} ${image.grid.width}`);
      const needed = new Set(keys);
      const found: GPUBuffer[] = [];
      for (const [i, key] of keys.entries()) {
        let buffers = kept.get(key);
        if (!buffers) {
          trim(needed);
          const encoded = await encode(images[i]!, signal);
          if (!encoded) return null;
          buffers = encoded;
          encodedImages++;
        }
        kept.delete(key);
        kept.set(key, buffers); // now the most recently used
        found.push(buffers.get('embeds')!);
      }
      trim(needed);
      return found;
    },
  };
}
