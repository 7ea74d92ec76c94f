/** The marks of a scene as nodes: made when a mark comes, destroyed when it goes, in a group that carries the camera. */
import type { SceneMark } from '@agentiad/core/replay/sceneTypes.ts';
import Konva from 'konva';
import { createMarkNode, type MarkLook, type MarkNode } from './markNode.ts';

export interface MarkSet {
  readonly group: Konva.Group;
  update(
    marks: readonly SceneMark[],
    look: Omit<MarkLook, 'emphasis'>,
    emphasisOf: (id: string) => MarkLook['emphasis'],
  ): void;
}

export function createMarkSet(): MarkSet {
  const group = new Konva.Group({ listening: false });
  const nodes = new Map<string, MarkNode>();
  return {
    group,
    update(marks, look, emphasisOf) {
      const wanted = new Set(marks.map((mark) => mark.id));
      for (const [id, node] of nodes) {
        if (wanted.has(id)) continue;
        node.group.destroy();
        nodes.delete(id);
      }
      for (const mark of marks) {
        let node = nodes.get(mark.id);
        if (!node) {
          node = createMarkNode(mark.id);
          nodes.set(mark.id, node);
          group.add(node.group);
        }
        node.update(mark, { ...look, emphasis: emphasisOf(mark.id) });
      }
    },
  };
}
