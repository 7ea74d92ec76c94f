/** What the stage draws, what it tells, and what can be asked of it. */
import type { Areas } from '@agentiad/core/image/areas.ts';
import type { Box, Size } from '@agentiad/core/image/box.ts';
import type { Scene, SceneMap } from '@agentiad/core/replay/sceneTypes.ts';
import type { CorrectedRegion } from '../state/correction.ts';
import type { Camera, Point } from './camera.ts';
import type { CompareInput } from './compareTypes.ts';
import type { CorrectionInput } from './correctionNode.ts';
import type { MarkWords } from './markLabel.ts';
import type { PictureInput } from './pictureNode.ts';
import type { StageColours } from './stageColours.ts';
import type { WheelChoice } from './wheel.ts';

export interface StageInput {
  readonly scene: Scene;
  readonly part: PictureInput;
  readonly compare: CompareInput | null;
  /** Boxes that are being corrected; null: none are. */
  readonly correction: CorrectionInput | null;
  /** Corrected boxes that were kept, shown beside those of the verdict. */
  readonly kept: readonly CorrectedRegion[];
  /** The evidence map to show, its colours' opacity, and how far it has faded in. */
  readonly map: { readonly map: SceneMap; readonly opacity: number; readonly presence: number } | null;
  /** Where it is inspected: the rest is veiled. Null: everywhere. */
  readonly areas: Areas | null;
  /** Places seen at full resolution: the rest is dimmed. Null: nothing is. */
  readonly seen: readonly Box[] | null;
  readonly colours: StageColours;
  readonly words: MarkWords;
  /** Ids of marks. */
  readonly selected: string | null;
  readonly hovered: string | null;
  /** What a following camera frames instead of the scene's focus. */
  readonly pointedAt: Box | null;
}

export interface StageEvents {
  /** The camera follows the scene, or stays where the user moved it. */
  readonly onFollow: (follow: boolean) => void;
  readonly onMark: (id: string) => void;
  readonly onHover: (id: string | null) => void;
  /** Camera or viewport changed: told with every frame of a movement. */
  readonly onView: (camera: Camera, viewport: Size) => void;
  /** A box was drawn, in pixels of the part; null: called off. */
  readonly onBox: (box: Box | null) => void;
  /** A box being corrected was pressed, or the part beside them (null). */
  readonly onCorrectionSelect: (index: number | null) => void;
  /** A box was drawn (null), moved or resized. */
  readonly onCorrected: (index: number | null, box: Box) => void;
  readonly isMotionReduced: () => boolean;
  readonly wheel: () => WheelChoice;
}

export interface StageView {
  draw(input: StageInput): void;
  /** Follows the scene's focus (true) or stays where the user put it. */
  setFollow(follow: boolean): void;
  isFollowing(): boolean;
  fit(): void;
  oneToOne(): void;
  /** Between the whole part and actual pixels, at the pointer. */
  toggle(): void;
  zoomBy(factor: number): void;
  panBy(dx: number, dy: number): void;
  /** Flies to a place that is pointed at; a following camera goes on following. */
  show(box: Box): void;
  /** Flies to a place and stays there. */
  flyTo(box: Box): void;
  /** Moves the middle of the view to an image point, at once. */
  centreOn(point: Point): void;
  /** Puts the camera back where it was, as by the user's hand. */
  restore(camera: Camera): void;
  camera(): Camera;
  viewport(): Size;
  hideOverlays(hidden: boolean): void;
  /** Drags pan, whatever they start on. */
  setHand(hand: boolean): void;
  /** Drags draw a box. */
  setDrawing(drawing: boolean): void;
  resize(size: Size): void;
  destroy(): void;
}
