/** What can be pointed at on the stage: an invisible rectangle over every mark, small ones above large ones. */
import { boxArea } from '@agentiad/core/image/box.ts';
import type { SceneMark } from '@agentiad/core/replay/sceneTypes.ts';
import Konva from 'konva';
import { rectOf } from './markNode.ts';

export interface Handles {
  readonly group: Konva.Group;
  update(marks: readonly SceneMark[]): void;
}

export interface HandleEvents {
  readonly onClick: (id: string) => void;
  readonly onHover: (id: string | null) => void;
}

/** CSS pixels around an outline that still count as it. */
const REACH = 12;

export function createHandles({ onClick, onHover }: HandleEvents): Handles {
  const group = new Konva.Group();
  const nodes = new Map<string, Konva.Rect>();
  let told = '';
  return {
    group,
    update(marks) {
      const shown = marks.filter((mark) => mark.opacity > 0.3).sort((a, b) => boxArea(b.box) - boxArea(a.box));
      const wanted = new Set(shown.map((mark) => mark.id));
      for (const [id, node] of nodes) {
        if (wanted.has(id)) continue;
        node.destroy();
        nodes.delete(id);
      }
      const order = shown.map((mark) => `${mark.id}:${mark.box.join()}`).join(' ');
      if (order === told) return;
      told = order;
      for (const mark of shown) {
        const node = nodes.get(mark.id) ?? createHandle(mark.id);
        node.setAttrs(rectOf(mark.box));
        node.moveToTop();
      }
    },
  };

  function createHandle(id: string): Konva.Rect {
    const node = new Konva.Rect({
      id: `handle-${id}`,
      fill: 'transparent',
      stroke: 'transparent',
      strokeWidth: 0,
      hitStrokeWidth: REACH,
      strokeScaleEnabled: false,
    });
    node.on('click tap', () => onClick(id));
    node.on('pointerenter', () => onHover(id));
    node.on('pointerleave', () => onHover(null));
    nodes.set(id, node);
    group.add(node);
    return node;
  }
}
