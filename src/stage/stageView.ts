/**
 * The Konva side of the stage: four layers of the viewport's size under one camera. 1 pictures (not listening, redrawn
 * only when camera or pictures change), 2 map and regions, 3 what the agent does (not listening), 4 handles. Draws the
 * scene it is given and keeps no clock but the camera's own flight. Knows no React and no store.
 */
import type { Size } from '@agentiad/core/image/box.ts';
import Konva from 'konva';
import { createAgentNodes } from './agentNodes.ts';
import { createAreasNode } from './areasNode.ts';
import { createBoxDrawing } from './boxDrawing.ts';
import {
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
import { compareLayout, toPartView, type CompareLayout } from './compareLayout.ts';
import { beginCorrectionDrag } from './correctionDrag.ts';
import { createCorrectionNode } from './correctionNode.ts';
import { createCoverageNode } from './coverageNode.ts';
import { listenToGestures } from './gestures.ts';
import { createHandles } from './handles.ts';
import { createKeptNode } from './keptNode.ts';
import { createMapNode } from './mapNode.ts';
import { createMarkSet } from './markSet.ts';
import { applyCamera, createPictureLayer } from './pictureLayer.ts';
import { createStageCamera } from './stageCamera.ts';
import type { StageEvents, StageInput, StageView } from './stageTypes.ts';

export function createStageView(container: HTMLDivElement, events: StageEvents): StageView {
  const stage = new Konva.Stage({ container, width: 1, height: 1 });
  const pictures = createPictureLayer();
  const regionLayer = new Konva.Layer({ listening: false, name: 'regions' });
  const agentLayer = new Konva.Layer({ listening: false, name: 'agent' });
  const handleLayer = new Konva.Layer({ name: 'handles' });
  stage.add(pictures.layer, regionLayer, agentLayer, handleLayer);

  const [regionClip, agentClip, mirrorClip] = [new Konva.Group(), new Konva.Group(), new Konva.Group()];
  const areas = createAreasNode();
  const coverage = createCoverageNode();
  const map = createMapNode();
  const regions = createMarkSet();
  const agentMarks = createMarkSet();
  const mirrored = createMarkSet();
  const agent = createAgentNodes();
  regionLayer.add(regionClip.add(areas.group, coverage.group, map.group, regions.group), pictures.line);
  const kept = createKeptNode();
  // The map's cross lies above all boxes, which would hide it where they are small.
  agentLayer.add(agentClip.add(agent.group, agentMarks.group, kept.group, map.peak), mirrorClip.add(mirrored.group));
  const handles = createHandles({
    onClick: (id) => gestures.wasDrag() || events.onMark(id),
    onHover: events.onHover,
  });
  const drawing = createBoxDrawing();
  const correction = createCorrectionNode();
  handleLayer.add(correction.group, handles.group, drawing.node);
  /** Everything that carries the camera as it is. */
  const worlds = [
    areas.group,
    coverage.group,
    map.group,
    map.peak,
    regions.group,
    agent.group,
    agentMarks.group,
    kept.group,
    handles.group,
    correction.group,
    drawing.node,
  ];

  let input: StageInput | null = null;
  let layout: CompareLayout = compareLayout({ width: 1, height: 1 }, null);
  let toldView = '';
  let pointer: Point | null = null;
  let hand = false;
  let drawingBox = false;

  const size = (): Size => ({ width: stage.width(), height: stage.height() });
  const viewport = (): Size => layout.viewport;
  const image = (): Size => input?.part.size ?? { width: 1, height: 1 };
  const mover = createStageCamera({
    framed: () => input && (input.pointedAt ?? input.scene.focus),
    viewport,
    onFollow: events.onFollow,
    isMotionReduced: events.isMotionReduced,
    render: () => render(),
  });
  const middle = (): Point => ({ x: viewport().width / 2, y: viewport().height / 2 });
  const atPointer = (): Point => (pointer ? toPartView(layout, pointer) : middle());
  const zoomed = (factor: number, at: Point): Camera => zoomAt(mover.now(), at, factor, image(), viewport());
  const panned = (dx: number, dy: number): Camera => pan(mover.now(), dx, dy, image(), viewport());

  const render = () => {
    if (!input || stage.width() < 2) return;
    const { scene, colours, words, selected, hovered, compare } = input;
    layout = compareLayout(size(), compare);
    const camera = mover.next();
    pictures.draw({ part: input.part, compare, lineColour: colours.trail }, camera, layout);
    const { partClip: clip, exemplarClip, offsetX } = layout;
    for (const group of [regionClip, agentClip]) group.clip(clip);
    for (const world of worlds) applyCamera(world, camera);
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
      applyCamera(mirrored.group, camera, offsetX);
      mirrored.update(
        scene.marks.filter((mark) => !mark.failed),
        look,
        emphasisOf,
      );
    }
    handles.update(scene.marks);
    correction.update(input.correction, look);
    kept.update(input.kept, look);
    setCursor();
    tellView();
  };

  const tellView = () => {
    const { width, height } = viewport();
    const camera = mover.now();
    const now = `${camera.x} ${camera.y} ${camera.scale} ${width} ${height}`;
    if (now === toldView) return;
    toldView = now;
    events.onView(camera, viewport());
  };

  const gestures = listenToGestures(container, {
    onPan: (dx, dy) => input && mover.move(panned(dx, dy)),
    onZoom: (factor, at) => input && mover.move(zoomed(factor, toPartView(layout, at))),
    wheel: events.wheel,
    onDoubleClick: () => view.toggle(),
    onPoint: (at) => {
      pointer = at;
    },
    takeDrag: (at) => {
      if (hand || !input) return null;
      const toPart = (point: Point) => toImage(mover.now(), toPartView(layout, point));
      const colour = input.colours.accent;
      if (drawingBox) {
        drawing.begin(toPart(at), image(), colour);
        return { move: (to) => drawing.reach(toPart(to)), end: (done) => events.onBox(drawing.end(done)) };
      }
      if (!input.correction) return null;
      const edited = { correction: input.correction, part: image(), scale: mover.now().scale, colour };
      return beginCorrectionDrag(correctionDrags, edited, toPart, at);
    },
  });
  const correctionDrags = {
    drawing,
    correction,
    onSelect: events.onCorrectionSelect,
    onBox: events.onCorrected,
    render: () => render(),
  };

  const view: StageView = {
    draw(next) {
      input = next;
      render();
    },
    setFollow: mover.setFollow,
    isFollowing: mover.isFollowing,
    fit: () => input && mover.jump(() => fitImage(image(), viewport())),
    oneToOne: () => input && mover.jump(atOnce(zoomed(1 / mover.now().scale, middle()))),
    toggle() {
      if (!input) return;
      const fit = fitImage(image(), viewport());
      const { scale } = mover.now();
      const isFit = Math.abs(scale / fit.scale - 1) < 0.02;
      // A part smaller than the view is fitted larger than its pixels: closer is then twice as large.
      const closer = fit.scale < 0.9 ? 1 : fit.scale * 2;
      mover.jump(isFit ? atOnce(zoomed(closer / scale, atPointer())) : () => fit);
    },
    zoomBy: (factor) => input && mover.move(zoomed(factor, atPointer())),
    panBy: (dx, dy) => input && mover.move(panned(dx, dy)),
    show: mover.show,
    flyTo: (box) => input && mover.jump(() => fitBox(box, viewport())),
    centreOn: (point) => mover.move(keepInView(centredOn(point, mover.now().scale, viewport()), image(), viewport())),
    restore: (next) => mover.move(keepInView(next, image(), viewport())),
    camera: mover.now,
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
      if (before.width > 1) mover.put(resized(mover.now(), before, next));
      render();
    },
    destroy() {
      mover.stop();
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
