/** What somebody does to the areas: draws, takes hold, moves, deletes. Each finished movement is handed on as one change. */
import { useState } from 'react';
import type { Areas } from '@agentiad/core/image/areas.ts';
import type { Size } from '@agentiad/core/image/box.ts';
import type { AreasEvents } from './areasView.ts';
import {
  addShape,
  movePicked,
  polygonOf,
  rectangle,
  removePicked,
  shapeOf,
  type AreaKind,
  type Picked,
  type Spot,
} from './shapes.ts';

/** What a press on the picture begins: `hand` takes hold of what is there, else moves the picture. */
export type AreaTool = 'hand' | { readonly draw: 'rectangle' | 'polygon'; readonly kind: AreaKind };

/** A rectangle made without a pointer: the middle of the image. */
const MIDDLE = [
  { x: 0.25, y: 0.25 },
  { x: 0.75, y: 0.75 },
] as const;

export interface AreaEditing {
  readonly tool: AreaTool;
  /** As they are being changed. */
  readonly areas: Areas;
  readonly picked: Picked | null;
  readonly drawn: readonly Spot[];
  readonly choose: (tool: AreaTool) => void;
  readonly pick: (picked: Picked | null) => void;
  /** Adds a shape of the tool's kind without a pointer. */
  readonly addInMiddle: (kind: AreaKind) => void;
  readonly remove: () => void;
  /** Ends a polygon being drawn. */
  readonly finish: () => void;
  /** Gives up what is being drawn, else lets go of what is picked; false when there was neither. */
  readonly escape: () => boolean;
  /** The next (1) or the one before (-1) of the picked shape's corners; between last and first all of it. */
  readonly stepCorner: (by: 1 | -1) => void;
  /** By pixels of the image. */
  readonly nudge: (dx: number, dy: number, size: Size) => void;
  readonly events: Omit<AreasEvents, 'wheel'>;
}

export function useAreaEditing(kept: Areas, onChange: (areas: Areas) => void): AreaEditing {
  const [tool, setTool] = useState<AreaTool>('hand');
  const [wished, setWished] = useState<Picked | null>(null);
  const [drawn, setDrawn] = useState<readonly Spot[]>([]);
  const [moving, setMoving] = useState<{ readonly from: Areas; readonly now: Areas } | null>(null);
  // Undone or changed elsewhere meanwhile: that counts.
  const areas = moving?.from === kept ? moving.now : kept;
  const shape = wished && shapeOf(areas, wished);
  const picked = shape && wished && (wished.corner ?? 0) < shape.length ? wished : null;

  const add = (kind: AreaKind, polygon: ReturnType<typeof polygonOf>) => {
    setDrawn([]);
    setMoving(null);
    if (!polygon) return;
    setTool('hand');
    setWished({ kind, index: kept[kind].length, corner: null });
    onChange(addShape(kept, kind, polygon));
  };
  const finish = () => {
    if (tool !== 'hand' && tool.draw === 'polygon') add(tool.kind, polygonOf(drawn));
  };
  const drag = (from: Spot, to: Spot) => {
    if (tool !== 'hand') {
      const box = rectangle(from, to, 0);
      if (box) setMoving({ from: kept, now: addShape(kept, tool.kind, box) });
    } else if (picked) setMoving({ from: kept, now: movePicked(kept, picked, to.x - from.x, to.y - from.y) });
  };
  const drop = (done: boolean) => {
    const now = moving?.from === kept ? moving.now : null;
    setMoving(null);
    if (!done || !now) return;
    if (tool === 'hand') return onChange(now);
    const box = now[tool.kind].at(-1)!;
    add(tool.kind, rectangle({ x: box[0]![0], y: box[0]![1] }, { x: box[2]![0], y: box[2]![1] }));
  };

  return {
    tool,
    areas,
    picked,
    drawn,
    choose(next) {
      setDrawn([]);
      setTool(next);
    },
    pick: setWished,
    addInMiddle: (kind) => add(kind, rectangle(...MIDDLE)),
    remove() {
      if (!picked) return;
      setWished(picked.corner !== null && shape && shape.length > 3 ? { ...picked, corner: null } : null);
      onChange(removePicked(kept, picked));
    },
    finish,
    escape() {
      const isDrawing = tool !== 'hand';
      if (!isDrawing && !picked) return false;
      setDrawn([]);
      setMoving(null);
      setTool('hand');
      if (!isDrawing) setWished(null);
      return true;
    },
    stepCorner(by) {
      if (!picked || !shape) return;
      const next = ((picked.corner ?? -1) + 1 + by + shape.length + 1) % (shape.length + 1);
      setWished({ ...picked, corner: next === 0 ? null : next - 1 });
    },
    nudge(dx, dy, { width, height }) {
      if (picked) onChange(movePicked(kept, picked, dx / width, dy / height));
    },
    events: {
      onPress(_at, hit) {
        if (tool !== 'hand') return tool.draw === 'rectangle' ? 'draw' : null;
        if (!hit) return null;
        setWished(hit);
        return 'move';
      },
      onDrag: drag,
      onDrop: drop,
      onClick(at, hit) {
        if (tool === 'hand') return setWished(hit);
        if (tool.draw === 'polygon') setDrawn([...drawn, at]);
      },
      // The two clicks of a double one each added a corner at the same place.
      onDoubleClick: () => tool !== 'hand' && add(tool.kind, polygonOf(drawn.slice(0, -1))),
      cursor(hit) {
        if (tool !== 'hand') return 'crosshair';
        return hit === null ? '' : hit.corner === null ? 'move' : 'pointer';
      },
    },
  };
}
