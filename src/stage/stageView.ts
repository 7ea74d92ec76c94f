/**
 * The Konva side of the stage: draws a scene, owns the camera and the pointer. Viewport-sized; two layers (pictures,
 * and map with marks). Knows no React and no store.
 */
import type { Box, Size } from '@agentiad/core/image/box.ts';
import Konva from 'konva';
import type { Scene, SceneMap } from '@agentiad/core/replay/sceneTypes.ts';
import { CRISP_ABOVE, fitBox, pan, zoomAt, type Camera } from './camera.ts';
import { paintMap } from './evidenceMap.ts';
import { createMarkNode, type MarkNode, type StageColours } from './markNode.ts';

export interface StageInput {
  readonly scene: Scene;
  readonly part: Size;
  readonly picture: ImageBitmap | null;
  readonly exemplar: ImageBitmap | null;
  readonly colours: StageColours;
  readonly highlighted: string | null;
  /** What the camera frames instead of the scene's focus. */
  readonly pointedAt: Box | null;
}

export interface StageView {
  draw(input: StageInput): void;
  /** Follows the scene's focus (true) or stays where the user put it. */
  setFollow(follow: boolean): void;
  fit(): void;
  oneToOne(): void;
  zoomBy(factor: number): void;
  panBy(dx: number, dy: number): void;
  camera(): Camera;
  resize(size: Size): void;
  destroy(): void;
}

export interface StageEvents {
  /** The camera follows the scene, or stays where the user moved it. */
  readonly onFollow: (follow: boolean) => void;
  readonly onMark: (id: string) => void;
  /** The magnification changed. */
  readonly onCamera: (camera: Camera) => void;
}

export function createStageView(container: HTMLDivElement, events: StageEvents): StageView {
  const stage = new Konva.Stage({ container, width: 1, height: 1 });
  const pictureLayer = new Konva.Layer({ listening: false });
  const markLayer = new Konva.Layer();
  stage.add(pictureLayer, markLayer);
  const partClip = new Konva.Group();
  const exemplarClip = new Konva.Group();
  const partNode = new Konva.Image({ image: undefined });
  const exemplarNode = new Konva.Image({ image: undefined });
  const mapNode = new Konva.Image({ image: undefined, listening: false });
  const divider = new Konva.Line({ strokeWidth: 1, listening: false });
  partClip.add(partNode);
  exemplarClip.add(exemplarNode);
  pictureLayer.add(partClip, exemplarClip);
  const partMarks = new Konva.Group();
  const exemplarMarks = new Konva.Group({ listening: false });
  markLayer.add(mapNode, partMarks, exemplarMarks, divider);

  const nodes = new Map<string, MarkNode>();
  const mirrored = new Map<string, MarkNode>();
  let input: StageInput | null = null;
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let follow = true;
  let toldScale: number | null = null;
  let painted: { readonly map: SceneMap['values']; readonly canvas: HTMLCanvasElement } | null = null;

  const splitX = () => stage.width() * (1 - 0.5 * (input?.scene.compare?.amount ?? 0));
  const viewport = (): Size => ({ width: splitX(), height: stage.height() });
  const moveByUser = (next: Camera) => {
    camera = next;
    follow = false;
    events.onFollow(false);
    render();
  };

  const render = () => {
    if (!input || stage.width() < 2) return;
    const { scene, part, picture, exemplar, colours, highlighted } = input;
    if (follow) camera = fitBox(input.pointedAt ?? scene.focus, viewport());
    const split = splitX();
    const place = { x: camera.x, y: camera.y, width: part.width * camera.scale, height: part.height * camera.scale };
    partClip.clip({ x: 0, y: 0, width: split, height: stage.height() });
    partNode.setAttrs({ ...place, image: picture ?? undefined, visible: picture !== null });
    const comparing = scene.compare !== null && exemplar !== null;
    exemplarClip.setAttrs({ visible: comparing });
    exemplarClip.clip({ x: split, y: 0, width: stage.width() - split, height: stage.height() });
    const exemplarPlace = scene.compare?.isFitted ? fitted(scene.compare.image.source, place) : place;
    exemplarNode.setAttrs({ ...exemplarPlace, x: exemplarPlace.x + split, image: exemplar ?? undefined });
    divider.points([split, 0, split, stage.height()]);
    divider.stroke(colours.trail);
    divider.visible(scene.compare !== null);
    const pixelScale = camera.scale * (picture ? part.width / picture.width : 1);
    pictureLayer.imageSmoothingEnabled(pixelScale <= CRISP_ABOVE);
    drawMap(scene);
    sync(nodes, partMarks, scene, 0, colours, highlighted);
    partMarks.clip({ x: 0, y: 0, width: split, height: stage.height() });
    const corresponds = comparing && !scene.compare?.isFitted;
    const zooms = corresponds ? scene.marks.filter((mark) => mark.kind === 'zoom' || mark.kind === 'trail') : [];
    sync(mirrored, exemplarMarks, { ...scene, marks: zooms }, split, colours, null);
    exemplarMarks.clip({ x: split, y: 0, width: Math.max(0, stage.width() - split), height: stage.height() });
    stage.batchDraw();
    if (camera.scale !== toldScale) events.onCamera(camera);
    toldScale = camera.scale;
  };

  const drawMap = (scene: Scene) => {
    const { map } = scene;
    mapNode.visible(map !== null);
    if (!map) return;
    if (painted?.map !== map.values) painted = { map: map.values, canvas: paintMap(map) };
    mapNode.setAttrs({
      image: painted.canvas,
      x: camera.x + map.box[0] * camera.scale,
      y: camera.y + map.box[1] * camera.scale,
      width: (map.box[2] - map.box[0]) * camera.scale,
      height: (map.box[3] - map.box[1]) * camera.scale,
      opacity: map.opacity,
    });
  };

  const sync = (
    known: Map<string, MarkNode>,
    parent: Konva.Group,
    scene: Scene,
    offsetX: number,
    colours: StageColours,
    highlighted: string | null,
  ) => {
    const wanted = new Set(scene.marks.map((mark) => mark.id));
    for (const [id, node] of known) {
      if (wanted.has(id)) continue;
      node.group.destroy();
      known.delete(id);
    }
    for (const mark of scene.marks) {
      let node = known.get(mark.id);
      if (!node) {
        node = createMarkNode(mark.id, () => events.onMark(mark.id));
        known.set(mark.id, node);
        parent.add(node.group);
      }
      node.update(mark, camera, offsetX, colours, mark.id === highlighted);
    }
  };

  stage.on('wheel', ({ evt }) => {
    evt.preventDefault();
    const pointer = stage.getPointerPosition();
    if (!pointer || !input) return;
    const inPart = { x: pointer.x > splitX() ? pointer.x - splitX() : pointer.x, y: pointer.y };
    const factor = Math.exp(-evt.deltaY * (evt.ctrlKey ? 0.01 : 0.0015));
    moveByUser(zoomAt(camera, inPart, factor, input.part, viewport()));
  });
  let dragged: { x: number; y: number } | null = null;
  stage.on('pointerdown', ({ evt }) => {
    if (evt.button === 0 || evt.button === 1) dragged = { x: evt.clientX, y: evt.clientY };
  });
  const onMove = (evt: PointerEvent) => {
    if (!dragged || !input) return;
    const dx = evt.clientX - dragged.x;
    const dy = evt.clientY - dragged.y;
    dragged = { x: evt.clientX, y: evt.clientY };
    if (dx !== 0 || dy !== 0) moveByUser(pan(camera, dx, dy, input.part, viewport()));
  };
  const onUp = () => {
    dragged = null;
  };
  window.addEventListener('pointermove', onMove);
  window.addEventListener('pointerup', onUp);

  return {
    draw(next) {
      input = next;
      render();
    },
    setFollow(next) {
      follow = next;
      events.onFollow(next);
      render();
    },
    fit: () => input && moveByUser(fitBox([0, 0, input.part.width, input.part.height], viewport())),
    oneToOne: () => input && moveByUser(zoomAt(camera, centre(viewport()), 1 / camera.scale, input.part, viewport())),
    zoomBy: (factor) => input && moveByUser(zoomAt(camera, centre(viewport()), factor, input.part, viewport())),
    panBy: (dx, dy) => input && moveByUser(pan(camera, dx, dy, input.part, viewport())),
    camera: () => camera,
    resize(size) {
      stage.size(size);
      render();
    },
    destroy() {
      window.removeEventListener('pointermove', onMove);
      window.removeEventListener('pointerup', onUp);
      stage.destroy();
    },
  };
}

/** The largest place of `size`'s shape in the middle of `room`. */
function fitted(size: Size, room: Size & { x: number; y: number }) {
  const scale = Math.min(room.width / size.width, room.height / size.height);
  const [width, height] = [size.width * scale, size.height * scale];
  return { width, height, x: room.x + (room.width - width) / 2, y: room.y + (room.height - height) / 2 };
}

function centre(size: Size): { x: number; y: number } {
  return { x: size.width / 2, y: size.height / 2 };
}
