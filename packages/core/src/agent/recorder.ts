/** Collects what an inspection sees and does: conversation images, steps, the pixels the model received. */
import { base64 } from '@scure/base';
import { encodePng } from '../image/png.ts';
import { imageTokenCount, processImage } from '../image/process.ts';
import type { ProcessedImage, ProcessorConfig } from '../image/processor.ts';
import type { InspectionEvent } from '../protocol/events.ts';
import type { TraceAsset, TraceImage, TraceStep } from '../protocol/trace.ts';
import { sha256Hex } from '../support/hash.ts';
import type { ConversationImage } from '../tools/tool.ts';
import type { View } from '../image/coverage.ts';
import type { LoopLimits } from './request.ts';

export interface AddedImage {
  readonly index: number;
  readonly processed: ProcessedImage;
  /** Language tokens of the image. */
  readonly tokens: number;
}

export interface Recorder {
  readonly images: readonly ConversationImage[];
  readonly traceImages: readonly TraceImage[];
  readonly steps: readonly TraceStep[];
  readonly assets: Readonly<Record<string, TraceAsset>>;
  /** Views of the part, for coverage. */
  readonly views: readonly View[];
  addImage(image: ConversationImage): AddedImage;
  addStep(step: TraceStep): void;
}

export function createRecorder(options: {
  processor: ProcessorConfig;
  limits: LoopLimits;
  /** Changes an image before anybody sees it: controls such as a greyed crop. */
  alterImage?: (image: ConversationImage) => ConversationImage;
  onEvent: (event: InspectionEvent) => void;
}): Recorder {
  const { processor, limits, onEvent, alterImage = (image) => image } = options;
  const images: ConversationImage[] = [];
  const traceImages: TraceImage[] = [];
  const steps: TraceStep[] = [];
  const views: View[] = [];
  const assets: Record<string, TraceAsset> = {};

  return {
    images,
    traceImages,
    steps,
    assets,
    views,
    addImage(given) {
      const image = alterImage(given);
      const cap = image.role === 'part' ? limits.partMaxPixels : limits.cropMaxPixels;
      const maxPixels = Math.min(processor.maxPixels, cap);
      const { processed, seen } = processImage(image.raster, { ...processor, maxPixels });
      const png = encodePng(seen);
      const asset = sha256Hex(png);
      const index = images.push(image);
      const tokens = imageTokenCount(processed, processor);
      assets[asset] = { mime: 'image/png', width: seen.width, height: seen.height, base64: base64.encode(png) };
      const traceImage = { index, role: image.role, source: image.source, frame: image.frame, asset, tokens };
      traceImages.push(traceImage);
      if (image.role === 'part' || image.role === 'crop') views.push({ frame: image.frame, seen });
      onEvent({ type: 'image', image: traceImage, pixels: seen });
      return { index, processed, tokens };
    },
    addStep(step) {
      steps.push(step);
      onEvent({ type: 'step-finished', step });
    },
  };
}
