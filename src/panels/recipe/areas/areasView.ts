/**
 * The Konva side of the areas editor: an exemplar under the stage's camera, the areas over it, corners to take hold of.
 * Draws what it is given; what somebody does with the pointer is told as events. Knows no React and no store.
 */
import type { Areas } from '@agentiad/core/image/areas.ts';
import type { Size } from '@agentiad/core/image/box.ts';
import Konva from 'konva';
import { createAreasNode } from '../../../stage/areasNode.ts';
import {
  fitImage,
  pan,
  resized,
  toImage,
  zoomAt,
  CRISP_ABOVE,
  type Camera,
  type Point,
} from '../../../stage/camera.ts';
import { listenToGestures } from '../../../stage/gestures.ts';
import type { StageColours } from '../../../stage/stageColours.ts';
import type { WheelChoice } from '../../../stage/wheel.ts';
import { pickAt, shapeOf, type Picked, type Spot } from './shapes.ts';

export interface AreasInput {
  readonly picture: ImageBitmap | null;
  /** Of the image itself, in pixels. */
  readonly size: Size;
  readonly areas: Areas;
  readonly picked: Picked | null;
  /** Corners clicked so far of a polygon being drawn. */
  readonly drawn: readonly Spot[];
  readonly colours: StageColours;
}

export interface AreasEvents {
  /** A press: what it takes hold of, or null for the camera. `hit` is what lies there. */
  readonly onPress: (at: Spot, hit: Picked | null) => 'move' | 'draw' | null;
  readonly onDrag: (from: Spot, to: Spot) => void;
  /** The end of what `onPress` took; `done` false: called off, or no distance was gone. */
  readonly onDrop: (done: boolean) => void;
  readonly onClick: (at: Spot, hit: Picked | null) => void;
  readonly onDoubleClick: () => void;
  readonly cursor: (hit: Picked | null) => string;
  readonly wheel: () => WheelChoice;
}

export interface AreasView {
  draw(input: AreasInput): void;
  fit(): void;
  zoomBy(factor: number): void;
  resize(size: Size): void;
  destroy(): void;
}

/** CSS pixels around a corner that count as on it. */
const REACH = 10;
const CORNER = 4.5;

export function createAreasView(container: HTMLDivElement, events: AreasEvents): AreasView {
  const stage = new Konva.Stage({ container, width: 1, height: 1 });
  const pictureLayer = new Konva.Layer({ listening: false });
  const shapeLayer = new Konva.Layer({ listening: false });
  stage.add(pictureLayer, shapeLayer);
  const picture = new Konva.Image({ image: undefined, listening: false });
  pictureLayer.add(picture);
  const areasNode = createAreasNode();
  const corners = new Konva.Group({ listening: false });
  const outline: Konva.Line = new Konva.Line({ closed: true, strokeWidth: 2.5, listening: false });
  const path: Konva.Line = new Konva.Line({ strokeWidth: 2, dash: [6, 4], listening: false });
  shapeLayer.add(areasNode.group, outline, path, corners);

  let input: AreasInput | null = null;
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let isFitted = true;
  const viewport = (): Size => ({ width: stage.width(), height: stage.height() });
  const spotAt = (point: Point): Spot => {
    const { width, height } = input?.size ?? { width: 1, height: 1 };
    const { x, y } = toImage(camera, point);
    return { x: x / width, y: y / height };
  };
  const reach = (): Spot => {
    const { width, height } = input?.size ?? { width: 1, height: 1 };
    return { x: REACH / (camera.scale * width), y: REACH / (camera.scale * height) };
  };
  const hitAt = (point: Point): Picked | null => input && pickAt(input.areas, spotAt(point), reach());
  const onScreen = ({ x, y }: Spot): Point => {
    const { width, height } = input?.size ?? { width: 1, height: 1 };
    return { x: x * width * camera.scale + camera.x, y: y * height * camera.scale + camera.y };
  };

  const render = () => {
    if (!input || stage.width() < 2) return;
    const { size, areas, picked, drawn, colours } = input;
    if (isFitted) camera = fitImage(size, viewport());
    const world = { x: camera.x, y: camera.y, scaleX: camera.scale, scaleY: camera.scale };
    picture.setAttrs({ ...world, ...size, image: input.picture ?? undefined, visible: input.picture !== null });
    pictureLayer.imageSmoothingEnabled(camera.scale <= CRISP_ABOVE);
    areasNode.group.setAttrs(world);
    areasNode.update(areas, size, { veil: colours.veil, line: colours.accent }, camera.scale);
    const shape = picked && shapeOf(areas, picked);
    const points = (shape ?? []).map(([x, y]) => onScreen({ x, y }));
    outline.setAttrs({ visible: shape !== null, points: points.flatMap(({ x, y }) => [x, y]), stroke: colours.accent });
    const clicked = drawn.map(onScreen);
    path.setAttrs({
      visible: clicked.length > 0,
      points: clicked.flatMap(({ x, y }) => [x, y]),
      stroke: colours.accent,
    });
    corners.destroyChildren();
    for (const [index, { x, y }] of [...points, ...clicked].entries()) {
      const isPicked = picked?.corner === index && index < points.length;
      corners.add(
        new Konva.Circle({
          x,
          y,
          radius: isPicked ? CORNER + 2 : CORNER,
          fill: isPicked ? colours.accent : colours.halo,
          stroke: colours.accent,
          strokeWidth: 2,
        }),
      );
    }
  };
  const move = (next: Camera) => {
    isFitted = false;
    camera = next;
    render();
  };

  const gestures = listenToGestures(container, {
    onPan: (dx, dy) => input && move(pan(camera, dx, dy, input.size, viewport())),
    onZoom: (factor, at) => input && move(zoomAt(camera, at, factor, input.size, viewport())),
    onDoubleClick: () => events.onDoubleClick(),
    onPoint: (at) => {
      container.style.cursor = events.cursor(at && hitAt(at));
    },
    wheel: events.wheel,
    takeDrag(at) {
      const from = spotAt(at);
      if (events.onPress(from, hitAt(at)) === null) return null;
      return { move: (to) => events.onDrag(from, spotAt(to)), end: (done) => events.onDrop(done) };
    },
  });
  const onClick = (event: MouseEvent) => {
    if (gestures.wasDrag() || !input) return;
    const { left, top } = container.getBoundingClientRect();
    const at = { x: event.clientX - left, y: event.clientY - top };
    events.onClick(spotAt(at), hitAt(at));
  };
  container.addEventListener('click', onClick);

  return {
    draw(next) {
      input = next;
      render();
    },
    fit() {
      isFitted = true;
      render();
    },
    zoomBy(factor) {
      const { width, height } = viewport();
      if (input) move(zoomAt(camera, { x: width / 2, y: height / 2 }, factor, input.size, viewport()));
    },
    resize(next) {
      const before = viewport();
      stage.size(next);
      if (before.width > 1) camera = resized(camera, before, next);
      render();
    },
    destroy() {
      gestures.stop();
      container.removeEventListener('click', onClick);
      stage.destroy();
    },
  };
}
