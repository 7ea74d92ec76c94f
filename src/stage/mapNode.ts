/** The evidence map over the part: its colours, the line where the threshold is crossed, and a cross at its peak. */
import type { SceneMap } from '@agentiad/core/replay/sceneTypes.ts';
import Konva from 'konva';
import { isoLines, markedPeak, paintMap, PEAK_CROSS, THRESHOLD } from './evidenceMap.ts';
import type { StageColours } from './stageColours.ts';

export interface MapNode {
  /** Carries the camera, which is set before `update`. */
  readonly group: Konva.Group;
  /** The cross, which is to lie above the boxes; carries the camera too. */
  readonly peak: Konva.Group;
  /** `opacity` of the colours; the line stays readable however thin they are. */
  update(map: SceneMap | null, opacity: number, presence: number, colours: StageColours): void;
}

export function createMapNode(): MapNode {
  const group = new Konva.Group({ listening: false });
  const colour = new Konva.Image({ id: 'evidence-map', image: undefined, listening: false });
  const still: Konva.ShapeConfig = { listening: false, strokeScaleEnabled: false, perfectDrawEnabled: false };
  const halo = new Konva.Path({ ...still, strokeWidth: 4, opacity: 0.7 });
  const line = new Konva.Path({ ...still, id: 'evidence-line', strokeWidth: 1.5 });
  const peak = new Konva.Group({ listening: false });
  const cross = new Konva.Group({ id: 'evidence-peak', listening: false });
  const peakHalo = new Konva.Path({ ...still, data: PEAK_CROSS, strokeWidth: 4.5, lineCap: 'round' });
  const peakLine = new Konva.Path({ ...still, data: PEAK_CROSS, strokeWidth: 2.5 });
  peak.add(cross.add(peakHalo, peakLine));
  group.add(colour, halo, line);
  let painted: { readonly values: SceneMap['values']; readonly canvas: HTMLCanvasElement } | null = null;
  return {
    group,
    peak,
    update(map, opacity, presence, colours) {
      const isShown = map !== null && presence > 0;
      const marked = map && markedPeak(map);
      group.visible(isShown);
      peak.visible(isShown && marked !== null);
      if (!map) return;
      const [x, y, right, bottom] = map.box;
      if (painted?.values !== map.values) {
        painted = { values: map.values, canvas: paintMap(map) };
        const data = isoLines(map, THRESHOLD[map.kind]);
        for (const path of [halo, line]) path.data(data);
      }
      const cell = { scaleX: (right - x) / map.columns, scaleY: (bottom - y) / map.rows };
      colour.setAttrs({
        image: painted.canvas,
        x,
        y,
        width: right - x,
        height: bottom - y,
        opacity: opacity * presence,
      });
      halo.setAttrs({ x, y, ...cell, stroke: colours.halo, opacity: 0.7 * presence });
      line.setAttrs({ x, y, ...cell, stroke: colours.defect, opacity: presence });
      if (!marked) return;
      const scale = 1 / peak.scaleX();
      cross.setAttrs({ x: marked[0], y: marked[1], scaleX: scale, scaleY: scale, opacity: presence });
      peakHalo.stroke(colours.halo);
      peakLine.stroke(colours.defect);
    },
  };
}
