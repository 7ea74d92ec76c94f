/** The list of defect types: how each changes a scene's layers. */
import type { Random } from '@agentiad/core/support/random.ts';
import type { DefectType, Layer, Scene } from '../types.ts';
import { crack, dent, scratch, stain } from './marks.ts';
import { chip, extraMaterial, misprint, missingPart } from './structure.ts';

type DefectBuilder = (scene: Scene, random: Random, severity: number) => readonly Layer[];

const onTop =
  (mark: (scene: Scene, random: Random, severity: number) => Layer): DefectBuilder =>
  (scene, random, severity) => [...scene.layers, mark(scene, random, severity)];

export const DEFECTS: Readonly<Record<DefectType, DefectBuilder>> = {
  scratch: onTop(scratch),
  dent: onTop(dent),
  stain: onTop(stain),
  crack: onTop(crack),
  chip,
  missing_part: missingPart,
  extra_material: extraMaterial,
  misprint,
};
