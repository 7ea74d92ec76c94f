/**
 * The Konva side of the stage: four layers of the viewport's size under one camera. 1 pictures (not listening, redrawn
 * only when camera or pictures change), 2 map and regions, 3 what the agent does (not listening), 4 handles. Draws the
 * scene it is given and keeps no clock but the camera's own flight. Knows no React and no store.
 */
import type { Areas } from '@agentiad/core/image/areas.ts';
import type { Box, Size } from '@agentiad/core/image/box.ts';
import Konva from 'konva';
import type { Scene, SceneMap } from '@agentiad/core/replay/sceneTypes.ts';
import { createAgentNodes } from './agentNodes.ts';
import { createAreasNode } from './areasNode.ts';
import { createBoxDrawing } from './boxDrawing.ts';
import {
  CRISP_ABOVE,
  centredOn,
  fitBox,
  fitImage,
  keepInView,
  pan,
  resized,
  toImage,
  zoomAt,
  type Camera,
  type Point,
} from './camera.ts';
import { createFlight } from './cameraFlight.ts';
import { compareKey, compareLayout, toPartView, type CompareLayout } from './compareLayout.ts';
import { createCorrectionNode, type CorrectionInput } from './correctionNode.ts';
import { draggedBox, gripAt } from './boxEditing.ts';
import { createCompareNodes } from './compareNodes.ts';
import { createCoverageNode } from './coverageNode.ts';
import type { CompareInput } from './compareTypes.ts';
import { listenToGestures } from './gestures.ts';
import { createHandles } from './handles.ts';
import { createMapNode } from './mapNode.ts';
import type { MarkWords } from './markLabel.ts';
import { createMarkSet } from './markSet.ts';
import { createPictureNode, type PictureInput } from './pictureNode.ts';
import type { StageColours } from './stageColours.ts';
import type { WheelChoice } from './wheel.ts';

/** CSS pixels around a side or corner that take hold of it. */
const GRIP_REACH = 7;

export interface StageInput {
  readonly scene: Scene;
  readonly part: PictureInput;
  readonly compare: CompareInput | null;
  /** Boxes that are being corrected; null: none are. */
  readonly correction: CorrectionInput | null;
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

export function createStageView(container: HTMLDivElement, events: StageEvents): StageView {
  const stage = new Konva.Stage({ container, width: 1, height: 1 });
  const pictureLayer = new Konva.Layer({ listening: false, name: 'pictures' });
  const regionLayer = new Konva.Layer({ listening: false, name: 'regions' });
  const agentLayer = new Konva.Layer({ listening: false, name: 'agent' });
  const handleLayer = new Konva.Layer({ name: 'handles' });
  stage.add(pictureLayer, regionLayer, agentLayer, handleLayer);

  const partClip = new Konva.Group();
  const part = createPictureNode('part');
  const compareNodes = createCompareNodes();
  pictureLayer.add(partClip.add(part.group), compareNodes.pictures);
  const [regionClip, agentClip, mirrorClip] = [new Konva.Group(), new Konva.Group(), new Konva.Group()];
  const areas = createAreasNode();
  const coverage = createCoverageNode();
  const map = createMapNode();
  const regions = createMarkSet();
  const agentMarks = createMarkSet();
  const mirrored = createMarkSet();
  const agent = createAgentNodes();
  regionLayer.add(regionClip.add(areas.group, coverage.group, map.group, regions.group), compareNodes.line);
  agentLayer.add(agentClip.add(agent.group, agentMarks.group), mirrorClip.add(mirrored.group));
  const handles = createHandles({
    onClick: (id) => gestures.wasDrag() || events.onMark(id),
    onHover: events.onHover,
  });
  const drawing = createBoxDrawing();
  const correction = createCorrectionNode();
  handleLayer.add(correction.group, handles.group, drawing.node);
  /** Everything that carries the camera as it is. */
  const worlds = [
    part.group,
    areas.group,
    coverage.group,
    map.group,
    regions.group,
    agent.group,
    agentMarks.group,
    handles.group,
    correction.group,
    drawing.node,
  ];

  let input: StageInput | null = null;
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let follow = true;
  let layout: CompareLayout = compareLayout({ width: 1, height: 1 }, null);
  let pictured: readonly unknown[] = [];
  let toldView = '';
  let pointer: Point | null = null;
  let hand = false;
  let drawingBox = false;

  const size = (): Size => ({ width: stage.width(), height: stage.height() });
  const viewport = (): Size => layout.viewport;
  const image = (): Size => input?.part.size ?? { width: 1, height: 1 };
  const followed = (): Camera => (input ? fitBox(input.pointedAt ?? input.scene.focus, viewport()) : camera);
  const flight = createFlight(() => render());

  const moveByUser = (next: Camera) => {
    flight.stop();
    camera = next;
    if (follow) events.onFollow(false);
    follow = false;
    render();
  };
  /** A jump that the user asked for: flown, unless motion is reduced. */
  const flyByUser = (to: () => Camera) => {
    if (follow) events.onFollow(false);
    follow = false;
    fly(to);
  };
  const fly = (to: () => Camera) => {
    if (events.isMotionReduced()) {
      flight.stop();
      camera = to();
      return render();
    }
    flight.start(camera, to);
  };
  const middle = (): Point => ({ x: viewport().width / 2, y: viewport().height / 2 });
  const atPointer = (): Point => (pointer ? toPartView(layout, pointer) : middle());
  const oneToOneAt = (at: Point): Camera => zoomAt(camera, at, 1 / camera.scale, image(), viewport());

  const render = () => {
    if (!input || stage.width() < 2) return;
    const { scene, colours, words, selected, hovered, compare } = input;
    layout = compareLayout(size(), compare);
    camera = flight.camera() ?? (follow ? followed() : camera);
    drawPictures(input);
    const { partClip: clip, exemplarClip, offsetX } = layout;
    for (const group of [regionClip, agentClip]) group.clip(clip);
    for (const world of worlds.slice(1)) applyCamera(world, 0);
    areas.update(input.areas, image(), { veil: colours.veil, line: colours.trail }, camera.scale);
    coverage.update(input.seen, image(), colours.veil);
    map.update(input.map?.map ?? null, input.map?.opacity ?? 0, input.map?.presence ?? 0, colours);
    const emphasisOf = (id: string) => (id === selected ? 'selected' : id === hovered ? 'hovered' : 'none');
    const look = { camera, colours, words, view: viewport() };
    const isAgents = (kind: string) => kind === 'zoom' || kind === 'trail';
    regions.update(
      scene.marks.filter((mark) => !isAgents(mark.kind)),
      look,
      emphasisOf,
    );
    agentMarks.update(
      scene.marks.filter((mark) => isAgents(mark.kind)),
      look,
      emphasisOf,
    );
    agent.update(scene, image(), colours);
    const isMirrored = compare?.corresponds === true && exemplarClip !== null && offsetX > 0;
    mirrorClip.visible(isMirrored);
    if (isMirrored) {
      mirrorClip.clip(exemplarClip);
      applyCamera(mirrored.group, offsetX);
      mirrored.update(
        scene.marks.filter((mark) => !mark.failed),
        look,
        emphasisOf,
      );
    }
    handles.update(scene.marks);
    correction.update(input.correction, look);
    setCursor();
    tellView();
  };

  const applyCamera = (node: Konva.Node, offsetX: number) =>
    node.setAttrs({ x: camera.x + offsetX, y: camera.y, scaleX: camera.scale, scaleY: camera.scale });

  /** The only layer with large images: left alone unless something in it changed. */
  const drawPictures = ({ part: picture, compare, colours }: StageInput) => {
    const { whole, piece } = picture;
    const now = [camera.x, camera.y, camera.scale, stage.width(), stage.height(), whole, piece?.bitmap, colours.trail];
    const all = [...now, ...compareKey(compare)];
    if (all.length === pictured.length && all.every((value, index) => value === pictured[index])) return;
    pictured = all;
    partClip.clip(layout.partClip);
    applyCamera(part.group, 0);
    part.update(picture, camera.scale * window.devicePixelRatio);
    compareNodes.update(compare, layout, camera, picture.size, colours.trail);
    // A reduced copy has no pixels of the image to show.
    const isReduced = whole !== null && !piece && whole.width < picture.size.width;
    pictureLayer.imageSmoothingEnabled(isReduced || camera.scale <= CRISP_ABOVE);
  };

  const tellView = () => {
    const { width, height } = viewport();
    const now = `${camera.x} ${camera.y} ${camera.scale} ${width} ${height}`;
    if (now === toldView) return;
    toldView = now;
    events.onView(camera, viewport());
  };

  const gestures = listenToGestures(container, {
    onPan: (dx, dy) => input && moveByUser(pan(camera, dx, dy, image(), viewport())),
    onZoom: (factor, at) => input && moveByUser(zoomAt(camera, toPartView(layout, at), factor, image(), viewport())),
    wheel: events.wheel,
    onDoubleClick: () => view.toggle(),
    onPoint: (at) => {
      pointer = at;
    },
    takeDrag: (at) => {
      if (hand || !input) return null;
      const toPart = (point: Point) => toImage(camera, toPartView(layout, point));
      if (!drawingBox) return input.correction && takeCorrection(input, toPart, at);
      drawing.begin(toPart(at), image(), input.colours.accent);
      return {
        move: (to) => drawing.reach(toPart(to)),
        end: (done) => events.onBox(drawing.end(done)),
      };
    },
  });

  /** A drag begins on a box that is corrected, or draws another. */
  const takeCorrection = (now: StageInput, toPart: (point: Point) => Point, at: Point) => {
    const from = toPart(at);
    const grip = now.correction && gripAt(now.correction, from, GRIP_REACH / camera.scale);
    events.onCorrectionSelect(grip?.index ?? null);
    if (!grip) {
      drawing.begin(from, image(), now.colours.accent);
      return {
        move: (to: Point) => drawing.reach(toPart(to)),
        end: (done: boolean) => {
          const box = drawing.end(done);
          if (box) events.onCorrected(null, box);
        },
      };
    }
    let box = grip.box;
    return {
      move: (to: Point) => {
        box = draggedBox(grip, from, toPart(to), image());
        correction.preview({ index: grip.index, box });
        render();
      },
      end: (done: boolean) => {
        correction.preview(null);
        if (done) events.onCorrected(grip.index, box);
        render();
      },
    };
  };

  const view: StageView = {
    draw(next) {
      input = next;
      render();
    },
    setFollow(next) {
      if (follow !== next) events.onFollow(next);
      follow = next;
      if (next) fly(followed);
      else flight.stop();
    },
    isFollowing: () => follow,
    fit: () => input && flyByUser(() => fitImage(image(), viewport())),
    oneToOne: () => input && flyByUser(atOnce(oneToOneAt(middle()))),
    toggle() {
      if (!input) return;
      const fit = fitImage(image(), viewport());
      const isFit = Math.abs(camera.scale / fit.scale - 1) < 0.02;
      // A part smaller than the view is fitted larger than its pixels: closer is then twice as large.
      const closer = fit.scale < 0.9 ? 1 : fit.scale * 2;
      flyByUser(isFit ? atOnce(zoomAt(camera, atPointer(), closer / camera.scale, image(), viewport())) : () => fit);
    },
    zoomBy: (factor) => input && moveByUser(zoomAt(camera, atPointer(), factor, image(), viewport())),
    panBy: (dx, dy) => input && moveByUser(pan(camera, dx, dy, image(), viewport())),
    show: (box) => (follow ? fly(followed) : fly(() => fitBox(box, viewport()))),
    flyTo: (box) => input && flyByUser(() => fitBox(box, viewport())),
    centreOn: (point) => moveByUser(keepInView(centredOn(point, camera.scale, viewport()), image(), viewport())),
    restore: (next) => moveByUser(keepInView(next, image(), viewport())),
    camera: () => camera,
    viewport,
    hideOverlays(hidden) {
      for (const layer of [regionLayer, agentLayer, handleLayer]) layer.visible(!hidden);
    },
    setHand(next) {
      hand = next;
      setCursor();
    },
    setDrawing(next) {
      drawingBox = next;
      setCursor();
    },
    resize(next) {
      const before = size();
      stage.size(next);
      keepSharp(stage);
      // The first size there is has no view to keep.
      if (before.width > 1) camera = resized(camera, before, next);
      render();
    },
    destroy() {
      flight.stop();
      gestures.stop();
      stage.destroy();
    },
  };
  const setCursor = () => {
    container.style.cursor = (drawingBox || input?.correction) && !hand ? 'crosshair' : '';
  };
  return view;
}

const atOnce = (camera: Camera) => () => camera;

/** After a move to a screen of another density, or the browser's own zoom. */
function keepSharp(stage: Konva.Stage): void {
  const ratio = window.devicePixelRatio;
  for (const layer of stage.getLayers()) {
    if (layer.getCanvas().getPixelRatio() !== ratio) layer.getCanvas().setPixelRatio(ratio);
  }
}
