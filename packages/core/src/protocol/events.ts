/** What a running inspection tells whoever watches it. The studio's live view and the CLI's `--watch` read these. */
import type { Raster } from '../image/raster.ts';
import type { Trace, TraceAsset, TraceImage, TraceStep } from './trace.ts';

export type InspectionEvent =
  | { readonly type: 'image'; readonly image: TraceImage; readonly pixels: Raster }
  | { readonly type: 'step-started'; readonly stepId: string }
  /** Newly decoded text of the running step. */
  | { readonly type: 'text'; readonly stepId: string; readonly text: string }
  | { readonly type: 'tool-started'; readonly stepId: string; readonly tool: string }
  | { readonly type: 'step-finished'; readonly step: TraceStep }
  /** What the model would answer now, after step `stepId` (null: before the first); `ms`: what reading it took. */
  | { readonly type: 'belief'; readonly stepId: string | null; readonly belief: number | null; readonly ms: number }
  | { readonly type: 'finished'; readonly trace: Trace };

/** The same with pixels already packed as the trace stores them. */
export type RunEvent =
  | Exclude<InspectionEvent, { type: 'image' }>
  | { readonly type: 'image'; readonly image: TraceImage; readonly asset: TraceAsset };
