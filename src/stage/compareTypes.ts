/** What the stage is told about an exemplar shown with the part. How it came to be chosen is not its affair. */
import type { Size } from '@agentiad/core/image/box.ts';
import type { Similarity } from '@agentiad/core/image/registration/similarity.ts';

/** `blink`: the exemplar in the place of the part, as long as the key is held. */
export type CompareView = 'side' | 'curtain' | 'difference' | 'blink';

export interface CompareInput {
  readonly view: CompareView;
  /** The exemplar's pixels and its true size. Null until they have come. */
  readonly exemplar: ImageBitmap | null;
  readonly size: Size;
  /** Exemplar pixels to part pixels: registered, or laid whole into the part. */
  readonly transform: Similarity;
  /** Places correspond: marks of the part are drawn on the exemplar too. */
  readonly corresponds: boolean;
  /** 0..1: how far the exemplar has slid in (side by side only). */
  readonly amount: number;
  /** Curtain: share of the stage's width that shows the part. */
  readonly divider: number;
  /** Difference: painted over the whole part. */
  readonly difference: { readonly canvas: CanvasImageSource; readonly opacity: number } | null;
}
