/** What page and worker say to each other about comparing a part with an exemplar, outside an inspection. */
import type { Size } from '@agentiad/core/image/box.ts';
import type { DifferenceMap } from '@agentiad/core/image/registration/difference.ts';
import type { Registration } from '@agentiad/core/image/registration/register.ts';
import type { WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import type { LibraryJob, Outcome } from './messages.ts';

/** An image's file, or, where that is gone, the reduced pixels a model saw of it; `size` is the original's. */
export interface AlignImage {
  readonly name: string;
  readonly bytes: ArrayBuffer;
  readonly size: Size;
  /** Reduces a file of more than 8 bits. */
  readonly window: WindowChoice;
}

/** In pixels of the originals. */
export interface Alignment {
  readonly registration: Registration;
  /** Null when the registration is not reliable. */
  readonly difference: DifferenceMap | null;
}

export interface Similar {
  readonly sha256: string;
  /** Cosine similarity of the global embeddings, 1 = the same. */
  readonly similarity: number;
}

export type ReadFile = (sha256: string) => Promise<Outcome<ArrayBuffer | null>>;

export interface CompareApi {
  align(part: AlignImage, exemplar: AlignImage): Promise<Outcome<Alignment>>;
  /**
   * How similar the library's exemplars are to the part, most similar first; the part itself is left out. Null without
   * a feature tower, or while an image is being inspected.
   */
  rank(
    part: AlignImage & { readonly sha256: string },
    library: LibraryJob,
  ): Promise<Outcome<readonly Similar[] | null>>;
}
