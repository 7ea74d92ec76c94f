/**
 * Where the view is, once it shows less than the whole part. Drawn outside React with every movement. Not in the tab
 * order: Shift with the arrows moves the view, 0 shows the whole part.
 */
import type { Size } from '@agentiad/core/image/box.ts';
import { useImperativeHandle, useRef, type PointerEvent, type Ref } from 'react';
import { toImage, visibleBox, type Camera, type Point } from './camera.ts';

export interface MinimapHandle {
  show(camera: Camera, image: Size, viewport: Size): void;
  draw(picture: ImageBitmap | null, image: Size): void;
}

/** CSS pixels of the long side. */
const SIDE = 148;

export function Minimap({ ref, onMove }: { readonly ref: Ref<MinimapHandle>; readonly onMove: (to: Point) => void }) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useRef<HTMLDivElement>(null);
  const drawn = useRef<{ picture: ImageBitmap | null; image: Size }>({ picture: null, image: { width: 1, height: 1 } });
  const grip = useRef<Point | null>(null);

  useImperativeHandle(ref, () => ({
    show(camera, image, viewport) {
      if (!frame.current || !view.current) return;
      const [x1, y1, x2, y2] = visibleBox(camera, image, viewport);
      const isPart = (x2 - x1) * (y2 - y1) < 0.97 * image.width * image.height;
      frame.current.hidden = !isPart;
      if (!isPart) return;
      const share = (value: number, of: number) => `${(100 * value) / of}%`;
      Object.assign(view.current.style, {
        left: share(x1, image.width),
        top: share(y1, image.height),
        width: share(Math.max(0, x2 - x1), image.width),
        height: share(Math.max(0, y2 - y1), image.height),
      });
    },
    draw(picture, image) {
      const { current: element } = canvas;
      if (!element || (drawn.current.picture === picture && drawn.current.image === image)) return;
      drawn.current = { picture, image };
      const scale = SIDE / Math.max(image.width, image.height);
      element.width = Math.max(1, Math.round(image.width * scale * window.devicePixelRatio));
      element.height = Math.max(1, Math.round(image.height * scale * window.devicePixelRatio));
      element.style.width = `${Math.max(1, image.width * scale)}px`;
      element.style.height = `${Math.max(1, image.height * scale)}px`;
      const context = element.getContext('2d');
      if (!context || !picture) return;
      context.imageSmoothingQuality = 'high';
      context.drawImage(picture, 0, 0, element.width, element.height);
    },
  }));

  const pointOf = (event: PointerEvent): Point => {
    const { left, top, width } = canvas.current!.getBoundingClientRect();
    const camera = { x: left, y: top, scale: width / drawn.current.image.width };
    return toImage(camera, { x: event.clientX, y: event.clientY });
  };
  const middleOfView = (): Point => {
    const [outer, inner] = [canvas.current!.getBoundingClientRect(), view.current!.getBoundingClientRect()];
    const camera = { x: outer.left, y: outer.top, scale: outer.width / drawn.current.image.width };
    return toImage(camera, { x: inner.left + inner.width / 2, y: inner.top + inner.height / 2 });
  };
  return (
    <div
      ref={frame}
      className="minimap"
      aria-hidden="true"
      hidden
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = pointOf(event);
        const middle = middleOfView();
        // Taken at the view it is dragged from where it is; elsewhere the view jumps there.
        const isGrabbed = event.target === view.current;
        grip.current = isGrabbed ? { x: middle.x - at.x, y: middle.y - at.y } : { x: 0, y: 0 };
        if (!isGrabbed) onMove(at);
      }}
      onPointerMove={(event) => {
        if (!grip.current) return;
        const at = pointOf(event);
        onMove({ x: at.x + grip.current.x, y: at.y + grip.current.y });
      }}
      onPointerUp={() => {
        grip.current = null;
      }}
    >
      <canvas ref={canvas} />
      <div ref={view} className="minimap-view" />
    </div>
  );
}
