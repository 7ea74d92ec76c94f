/** What the stage shows at one moment, as data. Boxes are pixels of the upright part. */
import type { Box } from '../image/box.ts';
import type { TraceImage } from '../protocol/trace.ts';
import type { StepKind } from './runSoFar.ts';

export interface SceneMark {
  /** Stable: `<turn>-<n>` for what a tool showed, the region's id for the verdict's regions. */
  readonly id: string;
  readonly kind: 'zoom' | 'trail' | 'place' | 'defect';
  readonly box: Box;
  readonly number: number | null;
  readonly note: string;
  readonly clamped: boolean;
  /** The box as it was asked for, when it had to be clamped and can be read; it may lie partly outside the part. */
  readonly asked: Box | null;
  /** Of a region of the verdict: the agent's own numbers for it cannot be read, only its stored box is known. */
  readonly isOriginUnknown: boolean;
  /** The call was refused: `box` is where it pointed, the whole part when that cannot be read, `note` the cause. */
  readonly failed: boolean;
  /** 0..1 share of the outline already drawn, and its opacity. */
  readonly drawn: number;
  readonly opacity: number;
}

export interface SceneMap {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
  readonly kind: 'percentile' | 'ratio';
  readonly box: Box;
  /** Where it peaks, finer than a cell. */
  readonly peak?: readonly [x: number, y: number];
}

export interface Comparison {
  readonly image: TraceImage;
  /** 0..1: how far it has slid in. */
  readonly amount: number;
  /** The exemplar has another aspect ratio: it is shown whole in the part's rectangle, and places do not correspond. */
  readonly isFitted: boolean;
}

/** What the model has seen at full resolution. */
export interface SceneCoverage {
  readonly boxes: readonly Box[];
  /** Share (0..1) of the part that lies in any of them. */
  readonly share: number;
  /** The largest scale (0..1, 1 = pixel by pixel) of any view so far, that of the whole part too; 0 without one. */
  readonly sharpest: number;
}

export interface Scene {
  /** Turn shown or being entered: 0 = the bare part. */
  readonly turn: number;
  readonly kind: StepKind;
  /** Rectangle of the part the camera frames. */
  readonly focus: Box;
  readonly marks: readonly SceneMark[];
  readonly map: (SceneMap & { readonly opacity: number }) | null;
  /** The last map made up to this turn, whether or not the turn shows it. */
  readonly evidence: SceneMap | null;
  /** 0..1: how strongly the frame of the part glows; the look at the whole part. */
  readonly pulse: number;
  readonly compare: Comparison | null;
  readonly coverage: SceneCoverage;
  /** 0..1: how far the verdict is filled in. */
  readonly verdictFill: number;
}
