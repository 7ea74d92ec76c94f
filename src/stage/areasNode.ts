/**
 * Where a recipe has parts inspected: the rest lies under a veil, places to ignore are outlined apart. In pixels of the
 * part; knows neither camera nor store.
 */
import type { Areas, Polygon } from '@agentiad/core/image/areas.ts';
import { isWholeImage } from '@agentiad/core/image/areas.ts';
import type { Size } from '@agentiad/core/image/box.ts';
import Konva from 'konva';

export interface AreasNode {
  /** Carries the camera. */
  readonly group: Konva.Group;
  /** Null, or the whole image: nothing is drawn. `scale`: screen pixels per pixel of the part. */
  update(
    areas: Areas | null,
    part: Size,
    colours: { readonly veil: string; readonly line: string },
    scale: number,
  ): void;
}

export function createAreasNode(veilOpacity = 0.55): AreasNode {
  let shown: { readonly areas: Areas; readonly part: Size; readonly line: string; readonly scale: number } | null =
    null;
  let key = '';
  const veil = new Konva.Shape({
    id: 'areas',
    opacity: veilOpacity,
    listening: false,
    sceneFunc({ _context: context }, shape) {
      if (!shown) return;
      const { areas, part } = shown;
      context.fillStyle = shape.fill() as string;
      if (areas.roi.length > 0) {
        context.save();
        // Outside every one of them: they may overlap.
        for (const polygon of areas.roi) {
          context.beginPath();
          context.rect(0, 0, part.width, part.height);
          trace(context, polygon, part);
          context.clip('evenodd');
        }
        context.fillRect(0, 0, part.width, part.height);
        context.restore();
      }
      for (const polygon of areas.ignore) {
        context.beginPath();
        trace(context, polygon, part);
        context.fill('evenodd');
      }
    },
  });
  const lines = new Konva.Shape({
    listening: false,
    sceneFunc({ _context: context }) {
      if (!shown) return;
      const { areas, part, line, scale } = shown;
      context.strokeStyle = line;
      context.lineWidth = 1 / scale;
      for (const [polygons, dash] of [
        [areas.roi, []],
        [areas.ignore, [4 / scale, 3 / scale]],
      ] as const) {
        context.setLineDash(dash);
        for (const polygon of polygons) {
          context.beginPath();
          trace(context, polygon, part);
          context.stroke();
        }
      }
      context.setLineDash([]);
    },
  });
  const group = new Konva.Group({ listening: false });
  group.add(veil, lines);
  return {
    group,
    update(areas, part, colours, scale) {
      const isShown = areas !== null && !isWholeImage(areas);
      group.visible(isShown);
      if (!isShown) return;
      const next = JSON.stringify([areas, part, colours, scale]);
      if (next === key) return;
      key = next;
      shown = { areas, part, line: colours.line, scale };
      // Konva redraws when an attribute changes.
      veil.fill(colours.veil).name(key);
      lines.name(key);
    },
  };
}

function trace(context: CanvasRenderingContext2D, polygon: Polygon, { width, height }: Size): void {
  polygon.forEach(([x, y], index) => {
    if (index === 0) context.moveTo(x * width, y * height);
    else context.lineTo(x * width, y * height);
  });
  context.closePath();
}
