/** Collects what an inspection sees and does: conversation images, steps, the pixels the model received. */
import { base64 } from '@scure/base';
import { encodePng } from '../image/png.ts';
import { imageTokenCount, processImage } from '../image/process.ts';
import type { ProcessedImage, ProcessorConfig } from '../image/processor.ts';
import type { Raster } from '../image/raster.ts';
import type { InspectionEvent } from '../protocol/events.ts';
import type { TraceAsset, TraceImage, TraceStep } from '../protocol/trace.ts';
import { sha256Hex } from '../support/hash.ts';
import type { ConversationImage } from '../tools/tool.ts';
import type { LoopLimits } from './request.ts';

export interface AddedImage {
  readonly index: number;
  readonly processed: ProcessedImage;
  /** Language tokens of the image. */
  readonly tokens: number;
}

/** An image that an earlier inspection showed the model: what tools cut from, and what it looked like to the model. */
export interface RestoredImage extends AddedImage {
  readonly image: ConversationImage;
  readonly traceImage: TraceImage;
  readonly asset: TraceAsset;
}

export interface Recorder {
  readonly images: readonly ConversationImage[];
  readonly traceImages: readonly TraceImage[];
  readonly steps: readonly TraceStep[];
  readonly assets: Readonly<Record<string, TraceAsset>>;
  /** As `Trace.firstBelief`; absent until it was read. */
  readonly firstBelief?: number | null;
  /** `index`: another one than the next, for images that only the record holds. */
  addImage(image: ConversationImage, index?: number): AddedImage;
  addStep(step: TraceStep): void;
  /** Of the last step, or before the first one. */
  addBelief(belief: number | null, ms: number): void;
  /** Takes over what was there before; tells nobody. */
  takeOver(before: {
    readonly images: readonly RestoredImage[];
    readonly steps: readonly TraceStep[];
    readonly firstBelief?: number | null;
  }): void;
}

export interface SightOptions {
  readonly processor: ProcessorConfig;
  readonly limits: LoopLimits;
  /** Changes an image before anybody sees it: controls such as a greyed crop. */
  readonly alterImage?: (image: ConversationImage) => ConversationImage;
}

/** An image as the model gets it. */
export interface Sight {
  /** After `alterImage`. */
  readonly image: ConversationImage;
  readonly processed: ProcessedImage;
  readonly tokens: number;
  /** The exact pixels, and the same packed for the trace. */
  readonly seen: Raster;
  readonly sha256: string;
  readonly asset: TraceAsset;
}

/** Makes of an image what the model sees, within the limits. */
export function seeImage(given: ConversationImage, options: SightOptions): Sight {
  const { processor, limits, alterImage = (image) => image } = options;
  const image = alterImage(given);
  const cap = image.role === 'part' ? limits.partMaxPixels : limits.cropMaxPixels;
  const maxPixels = Math.min(processor.maxPixels, cap);
  const { processed, seen } = processImage(image.raster, { ...processor, maxPixels });
  const png = encodePng(seen);
  return {
    image,
    processed,
    tokens: imageTokenCount(processed, processor),
    seen,
    sha256: sha256Hex(png),
    asset: { mime: 'image/png', width: seen.width, height: seen.height, base64: base64.encode(png) },
  };
}

export function createRecorder(
  options: SightOptions & { readonly onEvent: (event: InspectionEvent) => void },
): Recorder {
  const { onEvent } = options;
  const images: ConversationImage[] = [];
  const traceImages: TraceImage[] = [];
  const steps: TraceStep[] = [];
  const assets: Record<string, TraceAsset> = {};
  let firstBelief: number | null | undefined;

  return {
    images,
    traceImages,
    steps,
    assets,
    get firstBelief() {
      return firstBelief;
    },
    addImage(given, ownIndex) {
      const { image, processed, tokens, seen, sha256, asset } = seeImage(given, options);
      const index = ownIndex ?? images.length + 1;
      images.push(image);
      assets[sha256] = asset;
      const traceImage = { index, role: image.role, source: image.source, frame: image.frame, asset: sha256, tokens };
      traceImages.push(traceImage);
      onEvent({ type: 'image', image: traceImage, pixels: seen });
      return { index, processed, tokens };
    },
    addStep(step) {
      steps.push(step);
      onEvent({ type: 'step-finished', step });
    },
    addBelief(belief, ms) {
      const last = steps.at(-1);
      if (last) steps[steps.length - 1] = { ...last, belief, ms: { ...last.ms, belief: ms } };
      else firstBelief = belief;
      onEvent({ type: 'belief', stepId: last?.id ?? null, belief, ms });
    },
    takeOver(before) {
      for (const { image, traceImage, asset } of before.images) {
        images.push(image);
        traceImages.push(traceImage);
        assets[traceImage.asset] = asset;
      }
      steps.push(...before.steps);
      firstBelief = before.firstBelief;
    },
  };
}
